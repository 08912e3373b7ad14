//! Python handlers, run.

use serde_json::json;

use super::bench::{PYTHON, expect, json};

const DOUBLE: &str = "def handler(event, context):\n    return event['n'] * 2\n";

/// Handler, `app.py`, error type, message.
const FAILURES: [(&str, &str, &str, &str); 12] = [
    (
        "app.nope",
        DOUBLE,
        "Runtime.HandlerNotFound",
        "Handler 'nope' missing on module 'app'",
    ),
    (
        "nope.handler",
        DOUBLE,
        "Runtime.ImportModuleError",
        "Unable to import module 'nope': No module named 'nope'",
    ),
    (
        "handler",
        DOUBLE,
        "Runtime.MalformedHandlerName",
        "Bad handler 'handler': not enough values to unpack (expected 2, got 1)",
    ),
    (
        "sys.handler",
        DOUBLE,
        "Runtime.BuiltInModuleConflict",
        "Cannot use built-in module sys",
    ),
    (
        "app.handler",
        "def handler(:\n",
        "Runtime.UserCodeSyntaxError",
        "Syntax error in module 'app': ",
    ),
    (
        "app.handler",
        "import nope\n",
        "Runtime.ImportModuleError",
        "No module named 'nope'",
    ),
    ("app.handler", "1 / 0\n", "ZeroDivisionError", "division by zero"),
    (
        "app.handler",
        "def handler(e, c): return object()",
        "Runtime.MarshalError",
        "Object of type object is not JSON serializable",
    ),
    (
        "app.handler",
        "import sys\ndef handler(e, c): sys.exit(7)",
        "Runtime.ExitError",
        "Runtime exited with error: exit status 7",
    ),
    (
        "app.handler",
        "import os\ndef handler(e, c): os._exit(0)",
        "Runtime.ExitError",
        "Runtime exited without providing a reason",
    ),
    (
        "app.handler",
        "import os\nos.kill(os.getpid(), 9)",
        "Runtime.ExitError",
        "Runtime exited with error: signal: killed",
    ),
    (
        "app.handler",
        "def handler(e, c): return 'x' * 6291557",
        "Function.ResponseSizeTooLarge",
        "maximum allowed payload size",
    ),
];

#[tokio::test]
async fn python_handlers_run() {
    let app = |text| [("app.py", text)];
    expect(PYTHON, "app.handler", &app(DOUBLE), Ok(json!(40))).await;
    expect(
        PYTHON,
        "pkg/mod.handler",
        &[("pkg/__init__.py", ""), ("pkg/mod.py", DOUBLE)],
        Ok(json!(40)),
    )
    .await;
    expect(
        PYTHON,
        "app.handler",
        &app("from decimal import Decimal\ndef handler(e, c): return {'x': Decimal('1.5'), 'u': 'ü'}"),
        Ok(json!({"x": 1.5, "u": "ü"})),
    )
    .await;
}

#[tokio::test]
async fn python_failures_are_lambdas() {
    let app = |text| [("app.py", text)];
    for (handler, text, kind, message) in FAILURES {
        expect(PYTHON, handler, &app(text), Err((kind, message))).await;
    }
    let raised = expect(
        PYTHON,
        "app.handler",
        &app("def handler(e, c):\n    raise ValueError('boom')\n"),
        Err(("ValueError", "boom")),
    )
    .await;
    let payload = json(&raised);
    assert_eq!(payload["requestId"], raised.request_id.as_deref().unwrap());
    let trace = payload["stackTrace"][0].as_str().unwrap();
    assert!(
        trace.contains("app.py\", line 2, in handler\n    raise ValueError('boom')"),
        "{trace}"
    );
    assert_eq!(
        payload["stackTrace"].as_array().unwrap().len(),
        1,
        "no frames of the client"
    );
    assert!(
        raised
            .log_tail
            .unwrap()
            .contains("[ERROR] ValueError: boom\nTraceback (most recent call last):\n")
    );
}
