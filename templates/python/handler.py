import os


def handler(event, context):
    """Lambda calls this with the event and what it knows about the invocation."""
    greeting = os.environ.get("GREETING", "Hello")
    name = event.get("name", "world") if isinstance(event, dict) else "world"
    return {
        "message": f"{greeting}, {name}!",
        "function": context.function_name,
        "version": context.function_version,
        "request": context.aws_request_id,
    }
