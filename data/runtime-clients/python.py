"""Runs a Lambda handler: asks the Runtime API for events and reports results. Python 3.8 and later."""

import importlib
import json
import logging
import os
import socket
import sys
import time
import traceback

HOST, PORT = os.environ["AWS_LAMBDA_RUNTIME_API"].rsplit(":", 1)
BASE = "/2018-06-01/runtime"
TASK_ROOT = os.environ["LAMBDA_TASK_ROOT"]
JSON_LOGS = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
CLIENT = os.path.abspath(__file__)

_environment = os.environ.get("AWS_EXECUTION_ENV", "")
# Python 3.12 and later leave Unicode in responses as it is.
RAW_UNICODE = _environment.startswith("AWS_Lambda_python3.") and int(_environment.rsplit(".", 1)[1] or 0) >= 12

_request_id = ""


class Fault(Exception):
    """The handler cannot be found or loaded."""

    def __init__(self, kind, message, trace=None):
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.trace = trace or []


class Identity:
    def __init__(self, values):
        self.cognito_identity_id = values.get("cognitoIdentityId")
        self.cognito_identity_pool_id = values.get("cognitoIdentityPoolId")


class Client:
    def __init__(self, values):
        self.installation_id = values.get("installation_id")
        self.app_title = values.get("app_title")
        self.app_version_name = values.get("app_version_name")
        self.app_version_code = values.get("app_version_code")
        self.app_package_name = values.get("app_package_name")


class ClientContext:
    def __init__(self, values):
        self.custom = values.get("custom")
        self.env = values.get("env")
        self.client = Client(values["client"]) if isinstance(values.get("client"), dict) else None


class LambdaContext:
    def __init__(self, headers):
        self.aws_request_id = headers.get("Lambda-Runtime-Aws-Request-Id")
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.invoked_function_arn = headers.get("Lambda-Runtime-Invoked-Function-Arn")
        self.tenant_id = headers.get("Lambda-Runtime-Aws-Tenant-Id")
        self.identity = Identity(json.loads(headers.get("Lambda-Runtime-Cognito-Identity") or "{}"))
        context = json.loads(headers.get("Lambda-Runtime-Client-Context") or "null")
        self.client_context = ClientContext(context) if isinstance(context, dict) else None
        self._deadline = int(headers.get("Lambda-Runtime-Deadline-Ms") or 0)

    def get_remaining_time_in_millis(self):
        return max(self._deadline - int(time.time() * 1000), 0)

    def log(self, message):
        sys.stdout.write(str(message))
        sys.stdout.flush()

    def __repr__(self):
        return "LambdaContext([%s])" % ",".join("%s=%s" % item for item in sorted(vars(self).items()))


class RequestIdFilter(logging.Filter):
    def filter(self, record):
        record.aws_request_id = _request_id
        return True


class JsonFormatter(logging.Formatter):
    def format(self, record):
        line = {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "requestId": _request_id,
        }
        if record.exc_info:
            line["errorType"] = record.exc_info[0].__name__
            line["errorMessage"] = str(record.exc_info[1])
            line["stackTrace"] = traceback.format_tb(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False, default=str)


def set_up_logging():
    handler = logging.StreamHandler(sys.stdout)
    if JSON_LOGS:
        handler.setFormatter(JsonFormatter())
        level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "INFO").replace("FATAL", "CRITICAL").replace("TRACE", "NOTSET")
        logging.getLogger().setLevel(level)
    else:
        formatter = logging.Formatter(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S"
        )
        formatter.converter = time.gmtime
        handler.setFormatter(formatter)
    handler.addFilter(RequestIdFilter())
    logging.getLogger().addHandler(handler)


def load_handler(name):
    if "." not in name:
        raise Fault(
            "Runtime.MalformedHandlerName",
            "Bad handler '%s': not enough values to unpack (expected 2, got 1)" % name,
        )
    module_name, function_name = name.rsplit(".", 1)
    dotted = module_name.replace("/", ".")
    if dotted.split(".")[0] in sys.builtin_module_names:
        raise Fault(
            "Runtime.BuiltInModuleConflict", "Cannot use built-in module %s as a handler module" % module_name
        )
    try:
        module = importlib.import_module(dotted)
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError", "Unable to import module '%s': %s" % (module_name, error))
    except SyntaxError as error:
        trace = ['  File "%s" Line %s\n    %s' % (error.filename, error.lineno, error.text or "")]
        raise Fault(
            "Runtime.UserCodeSyntaxError", "Syntax error in module '%s': %s" % (module_name, error), trace
        )
    handler = getattr(module, function_name, None)
    if handler is None:
        raise Fault(
            "Runtime.HandlerNotFound", "Handler '%s' missing on module '%s'" % (function_name, module_name)
        )
    return handler


def frames(trace):
    """The frames of the user's own code."""
    own = [frame for frame in traceback.extract_tb(trace) if os.path.abspath(frame.filename) != CLIENT]
    # What importlib adds between is of no use to anybody.
    shown = [frame for frame in own if not frame.filename.startswith("<frozen importlib")]
    # As tuples, they come without the marks below a line that newer Pythons draw.
    return traceback.format_list([(frame.filename, frame.lineno, frame.name, frame.line) for frame in shown])


def describe(kind, message, request_id, trace):
    return {"errorMessage": message, "errorType": kind, "requestId": request_id, "stackTrace": trace}


def log_error(error):
    if JSON_LOGS:
        line = {"timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "log_level": "ERROR"}
        line.update(error)
        print(json.dumps(line, ensure_ascii=False), flush=True)
        return
    text = "[ERROR] %s: %s\n" % (error["errorType"], error["errorMessage"])
    if error["stackTrace"]:
        text += "Traceback (most recent call last):\n" + "".join(error["stackTrace"])
    print(text.rstrip("\n"), flush=True)


class Headers(dict):
    """By lower-case name."""

    def get(self, name):
        return super().get(name.lower())


class Api:
    """As much HTTP as lfn's side of the connection speaks: importing http.client would be half of a cold start."""

    def __init__(self):
        self.socket = socket.create_connection((HOST, int(PORT)))
        # Calls are waited for as long as it takes, and answers are small.
        self.socket.settimeout(None)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, method, path, headers="", body=b""):
        head = "%s %s%s HTTP/1.1\r\nHost: %s\r\n%sContent-Length: %d\r\n\r\n" % (
            method, BASE, path, HOST, headers, len(body)
        )
        self.socket.sendall(head.encode("ascii", "replace") + body)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self.receive()
        head, _, body = received.partition(b"\r\n\r\n")
        headers = Headers()
        for line in head.decode("latin-1").split("\r\n")[1:]:
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        # An answer is all that can come: the next one has to be asked for.
        parts, left = [body], int(headers.get("Content-Length")) - len(body)
        while left > 0:
            parts.append(self.receive())
            left -= len(parts[-1])
        return headers, b"".join(parts)

    def receive(self):
        part = self.socket.recv(65536)
        if not part:
            # lfn is gone, and so is the reason to go on.
            sys.exit(1)
        return part

    def next(self):
        return self.ask("GET", "/invocation/next")

    def post(self, path, body, kind=None):
        headers = "Content-Type: application/json\r\n"
        if kind:
            headers += "Lambda-Runtime-Function-Error-Type: %s\r\n" % kind
        self.ask("POST", path, headers, body)

    def error(self, path, error):
        log_error(error)
        self.post(path, json.dumps(error).encode("utf-8"), error["errorType"])


def plain(value):
    """What json cannot write but Lambda's runtime can: decimals."""
    import decimal

    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


def invoke(handler, body, headers, request_id):
    """The response's bytes, or the description of an error."""
    try:
        event = json.loads(body.decode("utf-8"))
    except ValueError as error:
        return None, describe("Runtime.UnmarshalError", "Unable to unmarshal input: %s" % error, request_id, [])
    try:
        result = handler(event, LambdaContext(headers))
    except Exception as error:
        return None, describe(type(error).__name__, str(error), request_id, frames(error.__traceback__))
    try:
        return json.dumps(result, ensure_ascii=not RAW_UNICODE, default=plain).encode("utf-8"), None
    except Exception as error:
        return None, describe("Runtime.MarshalError", "Unable to marshal response: %s" % error, request_id, [])


def main():
    global _request_id
    # In place of the folder this file is in.
    sys.path[0] = TASK_ROOT
    set_up_logging()
    api = Api()
    try:
        handler = load_handler(os.environ["_HANDLER"])
    except Fault as fault:
        api.error("/init/error", describe(fault.kind, fault.message, "", fault.trace))
        sys.exit(1)
    except Exception as error:
        api.error("/init/error", describe(type(error).__name__, str(error), "", frames(error.__traceback__)))
        sys.exit(1)
    while True:
        headers, body = api.next()
        _request_id = headers.get("Lambda-Runtime-Aws-Request-Id") or ""
        os.environ["_X_AMZN_TRACE_ID"] = headers.get("Lambda-Runtime-Trace-Id") or ""
        response, error = invoke(handler, body, headers, _request_id)
        sys.stdout.flush()
        if error is None:
            api.post("/invocation/%s/response" % _request_id, response)
        else:
            api.error("/invocation/%s/error" % _request_id, error)


if __name__ == "__main__":
    main()
