"""Runs a Lambda handler: asks the Runtime API for events and reports results. Python 3.8 and later."""

import _socket
import importlib
import json
import logging
import os
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
_tenant_id = None


class Fault(Exception):
    """The handler cannot be found or loaded."""

    def __init__(self, kind, message, trace=None):
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.trace = trace or []


class Record:
    """Fields from JSON; what is not there is None."""

    __slots__ = ()

    def __init__(self, values):
        for name in self.__slots__:
            setattr(self, name, values.get(name))

    def __repr__(self):
        return "%s([%s])" % (type(self).__name__, ",".join("%s=%s" % (name, getattr(self, name)) for name in self.__slots__))


class CognitoIdentity(Record):
    __slots__ = ("cognito_identity_id", "cognito_identity_pool_id")


class Client(Record):
    __slots__ = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")


class ClientContext(Record):
    __slots__ = ("custom", "env", "client")


class LambdaContext:
    def __init__(self, headers):
        self.aws_request_id = headers.get("Lambda-Runtime-Aws-Request-Id")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = headers.get("Lambda-Runtime-Invoked-Function-Arn")
        client = json.loads(headers.get("Lambda-Runtime-Client-Context") or "null")
        self._w3c = client.pop("w3c", None) if isinstance(client, dict) else None
        self.client_context = ClientContext(client) if isinstance(client, dict) else None
        if self.client_context and self.client_context.client is not None:
            self.client_context.client = Client(self.client_context.client)
        identity = json.loads(headers.get("Lambda-Runtime-Cognito-Identity") or "{}")
        self.identity = CognitoIdentity(
            {
                "cognito_identity_id": identity.get("cognitoIdentityId"),
                "cognito_identity_pool_id": identity.get("cognitoIdentityPoolId"),
            }
        )
        self.tenant_id = headers.get("Lambda-Runtime-Aws-Tenant-Id")
        self._deadline = int(headers.get("Lambda-Runtime-Deadline-Ms") or 0)

    def get_remaining_time_in_millis(self):
        return max(self._deadline - int(time.time() * 1000), 0)

    def w3c(self):
        """The caller's trace context."""
        found = self._w3c if isinstance(self._w3c, dict) else {}
        names = ("traceparent", "tracestate", "baggage")
        return {name: found[name] for name in names if isinstance(found.get(name), str)}

    def log(self, message):
        sys.stdout.write(str(message))
        sys.stdout.flush()

    def __repr__(self):
        shown = ((name, value) for name, value in vars(self).items() if not name.startswith("_"))
        return "LambdaContext([%s])" % ",".join("%s=%s" % item for item in shown)


class CallFilter(logging.Filter):
    """Tells formatters which call it is."""

    def filter(self, record):
        record.aws_request_id = _request_id
        record.tenant_id = _tenant_id
        return True


# What every record of logging has; the rest is the function's own.
STANDARD_FIELDS = set(vars(logging.makeLogRecord({}))) - {"taskName"} | {"aws_request_id", "tenant_id"}


class JsonFormatter(logging.Formatter):
    def format(self, record):
        record.levelno = min(50, max(0, record.levelno)) // 10 * 10
        record.levelname = logging.getLevelName(record.levelno)
        own_object = isinstance(record.msg, dict) and not record.args
        line = {
            "timestamp": timestamp(record.created),
            "level": record.levelname,
            "message": record.msg if own_object else record.getMessage(),
            "logger": record.name,
            "stackTrace": None,
            "errorType": None,
            "errorMessage": None,
            "requestId": record.aws_request_id,
            "location": None,
            "tenantId": record.tenant_id,
        }
        if record.exc_info:
            line["stackTrace"] = traceback.format_tb(record.exc_info[2])
            line["errorType"] = record.exc_info[0].__name__
            line["errorMessage"] = str(record.exc_info[1])
            line["location"] = "%s:%s:%s" % (record.pathname, record.funcName, record.lineno)
        for name, value in vars(record).items():
            if name not in STANDARD_FIELDS:
                line.setdefault(name, value)
        told = {name: value for name, value in line.items() if value is not None}
        return json.dumps(told, ensure_ascii=False, default=str)


def timestamp(seconds=None):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def set_up_logging():
    logging.Formatter.converter = time.gmtime
    handler = logging.StreamHandler(sys.stdout)
    if JSON_LOGS:
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(
            logging.Formatter(
                "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", "%Y-%m-%dT%H:%M:%S"
            )
        )
        # The format ends the line.
        handler.terminator = ""
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper().replace("TRACE", "DEBUG")
    if level in ("DEBUG", "INFO", "WARN", "ERROR", "FATAL"):
        logging.getLogger().setLevel(level)
    handler.addFilter(CallFilter())
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
        print(json.dumps({"timestamp": timestamp(), "level": "ERROR", **error}, ensure_ascii=False), flush=True)
        return
    what = ": ".join(filter(None, [error["errorType"], error["errorMessage"]]))
    lines = ["[ERROR] " + what, "Traceback (most recent call last):"]
    for line in "".join(error["stackTrace"]).splitlines():
        text = line.lstrip(" ")
        # Where logs are shown, these spaces stay.
        lines.append("\u00a0" * (len(line) - len(text)) + text)
    print("\n".join(lines), flush=True)


class Headers(dict):
    """By lower-case name."""

    def get(self, name):
        return super().get(name.lower())


class Api:
    """As much HTTP as lfn's side of the connection speaks.

    Importing http.client would be half of a cold start, and the module socket a tenth.
    """

    def __init__(self):
        self.socket = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
        self.socket.connect((HOST, int(PORT)))
        self.socket.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)

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


def to_json(value):
    """The response as Lambda writes it: decimals with all of their digits."""
    decimals = []
    mark = "lfn-decimal-%s-" % _request_id

    def plain(value):
        import decimal

        if not isinstance(value, decimal.Decimal):
            raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)
        if value.is_nan():
            return float("nan")
        decimals.append(str(value))
        return "%s%d" % (mark, len(decimals) - 1)

    text = json.dumps(value, ensure_ascii=not RAW_UNICODE, default=plain)
    for index, digits in enumerate(decimals):
        text = text.replace('"%s%d"' % (mark, index), digits, 1)
    return text.encode("utf-8")


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
        return result if isinstance(result, bytes) else to_json(result), None
    except Exception as error:
        return None, describe("Runtime.MarshalError", "Unable to marshal response: %s" % error, request_id, [])


def main():
    global _request_id, _tenant_id
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
        _tenant_id = headers.get("Lambda-Runtime-Aws-Tenant-Id")
        os.environ["_X_AMZN_TRACE_ID"] = headers.get("Lambda-Runtime-Trace-Id") or ""
        response, error = invoke(handler, body, headers, _request_id)
        sys.stdout.flush()
        if error is None:
            api.post("/invocation/%s/response" % _request_id, response)
        else:
            api.error("/invocation/%s/error" % _request_id, error)


if __name__ == "__main__":
    main()
