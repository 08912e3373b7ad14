//! lfn's own clients beside those that AWS publishes, both run by lfn: the same answers and the same log, but
//! for the differences that [`KNOWN`] lists.

use std::sync::LazyLock;

use lfn::domain::function::{FunctionSettings, LogFormat, LogLevel};
use lfn::runner::Event;
use regex::Regex;
use serde_json::{Value, json};

use super::bench::{event, pool_on, settings};
use super::ric::Client;

/// A difference: the runtime, the event, and why lfn keeps it.
const KNOWN: &[(&str, &str, &str)] = &[(
    "python3.12",
    "namedtuple",
    "lfn's client has no package of its own: the interpreter's `json` writes a named tuple as a list, AWS's copy of simplejson as an object",
)];

/// Prints, logs, fails and tells its context.
const PYTHON: &str = r#"
import logging, decimal, collections
log = logging.getLogger("shop")
class Own(Exception): pass
def handler(event, context):
    it = event.get("do")
    if it == "print": print("one\ntwo", flush=True)
    if it == "levels":
        for level in ["debug", "info", "warning", "error", "critical"]: getattr(log, level)("at %s", level)
        logging.warning("root\nof two lines")
        log.log(35, "between")
    if it == "extra": log.error("more", extra={"order": 7, "who": {"a": [1]}, "none": None}); log.error({"an": "object"})
    if it == "exception":
        try: {}["x"]
        except KeyError: log.exception("went wrong")
    if it == "log": context.log("through the context\n")
    if it == "raise": raise Own("b\u00f8om")
    if it == "empty": raise Own()
    if it == "deep":
        def inner(n): return inner(n - 1) if n else 1 / 0
        inner(3)
    if it == "unwritable": return {1, 2}
    if it == "keys": return {(1, 2): 3}
    if it == "decimals": return {"a": decimal.Decimal("1.50"), "b": [decimal.Decimal("NaN"), decimal.Decimal("12345678901234567890.123456789")]}
    if it == "bytes": return b'{"raw": true}'
    if it == "namedtuple": return collections.namedtuple("Point", "x y")(1, 2)
    if it == "nan": return float("nan")
    if it == "context":
        left = context.get_remaining_time_in_millis()
        c = context.client_context
        return [repr(context), sorted(name for name in vars(context) if name[0] != "_"), 0 < left <= 20000, type(left).__name__, context.w3c(),
            c and [c.custom, c.env, c.client and c.client.app_title], context.identity.cognito_identity_id, context.identity.cognito_identity_pool_id,
            context.tenant_id, context.memory_limit_in_mb, context.log_stream_name, context.log_group_name]
    return event
log.warning("while it loads")
"#;

const PYTHON_CALLS: &[&str] = &[
    "print",
    "levels",
    "extra",
    "exception",
    "log",
    "raise",
    "empty",
    "deep",
    "unwritable",
    "keys",
    "decimals",
    "bytes",
    "namedtuple",
    "nan",
    "context",
];

/// The same for Node.js.
const NODE: &str = r"
console.log('while it loads');
class Own extends Error { constructor(text) { super(text); this.name = 'Own'; this.code = 'E_OWN'; this.more = { a: [1] }; } }
const calls = {
  levels() { for (const level of ['trace', 'debug', 'info', 'log', 'warn', 'error', 'fatal']) console[level]('at %s', level, { a: 1 }); },
  shapes() {
    console.log(); console.log(undefined); console.log(null); console.log(7); console.log('two\nlines'); console.log({ a: { b: { c: { d: 1 } } } });
    console.log([1, 'x']); console.log('%j and %d', { a: 1 }, 2, 'rest'); console.log(new Map([[1, 2]])); console.log(3n);
    const loop = {}; loop.loop = loop; console.log(loop);
  },
  errors() { console.error(new Own('alone')); console.error('with', new Own('b\u00f8om')); console.log({ inside: new RangeError('nested') }); },
  raise() { throw new Own('b\u00f8om'); },
  cause() { throw new TypeError('outer', { cause: new Error('inner') }); },
  text() { throw 'a text'; },
  nothing() { throw undefined; },
  number() { throw 7; },
  object() { throw { a: 1 }; },
  bigint() { return 1n; },
  date() { return new Date(0); },
  function() { return () => 1; },
  store() {
    const store = awslambda.InvokeStore;
    store.set('own', 1);
    let refused;
    try { store.set(Symbol.for('_AWS_LAMBDA_REQUEST_ID'), 'x'); } catch (error) { refused = error.message; }
    return [store.getRequestId(), store.getXRayTraceId(), store.getTenantId() ?? null, store.hasContext(), store.get('own'), refused];
  },
  context(context) {
    const left = context.getRemainingTimeInMillis();
    const { getRemainingTimeInMillis, ...rest } = context;
    const shown = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, typeof value === 'function' ? 'a function' : value ?? null]));
    return [Object.entries(shown).sort(), left > 0 && left <= 20000];
  },
};
exports.handler = async (event, context) => calls[event.do](context);
";

const NODE_CALLS: &[&str] = &[
    "levels", "shapes", "errors", "raise", "cause", "text", "nothing", "number", "object", "bigint", "date",
    "function", "store", "context",
];

/// How results come in versions before Node.js 24.
const CALLBACKS: &str = r"
let pending;
const calls = {
  callback(event, context, done) { setTimeout(() => done(null, 'later'), 5); },
  waits(event, context, done) { setTimeout(() => console.log('the loop is empty'), 50); done(null, 1); },
  hurries(event, context, done) { context.callbackWaitsForEmptyEventLoop = false; pending = setTimeout(() => {}, 60000); done(null, context.callbackWaitsForEmptyEventLoop); },
  fails(event, context, done) { setTimeout(() => {}, 50); done(new RangeError('called back')); },
  text(event, context, done) { done('a text'); },
  succeed(event, context) { setTimeout(() => {}, 50); context.succeed({ a: 1 }); context.fail('too late'); },
  fail(event, context) { context.fail(new Error('no')); },
  'fail with nothing'(event, context) { context.fail(); },
  done(event, context) { context.done(null, 2); },
  'done with an error'(event, context) { context.done(new Error('done for')); },
  never(event, context, done) { setTimeout(() => {}, 5); return 'ignored'; },
  throws(event, context, done) { throw new Error('at once'); },
  promise(event, context, done) { return Promise.resolve('promised'); },
  twice(event, context, done) { done(null, 1); done(null, 2); },
  later(event, context, done) { setTimeout(() => { throw new RangeError('late'); }, 5); },
  rejection(event, context, done) { Promise.reject(new Error('unheard')); setTimeout(() => done(null, 1), 200); },
  async context(event, context) { return Object.keys(context).sort(); },
};
exports.handler = (event, context, done) => { clearTimeout(pending); return calls[event.do](event, context, done); };
";

const CALLBACK_CALLS: &[&str] = &[
    "callback",
    "waits",
    "hurries",
    "fails",
    "text",
    "succeed",
    "fail",
    "fail with nothing",
    "done",
    "done with an error",
    "never",
    "throws",
    "promise",
    "twice",
    "context",
    "later",
    "rejection",
];

const STREAMS: &str = r"
const calls = {
  async parts(event, stream) { stream.setContentType('text/plain'); stream.write('one '); stream.write({ two: 2 }); stream.end('three'); },
  async prelude(event, stream) { const out = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { a: 'b' } }); out.write('body'); out.end(); },
  async late(event, stream) { stream.write('x'); stream.setContentType('text/plain'); stream.end(); },
  async returns(event, stream) { stream.end('x'); return 7; },
  async midway(event, stream) { stream.write('one '); await new Promise((r) => setTimeout(r, 20)); throw new TypeError('midway'); },
  async pipe(event, stream) { await require('node:stream/promises').pipeline(require('node:stream').Readable.from(['a', 'b', 'c']), stream); },
};
exports.handler = awslambda.streamifyResponse((event, stream, context) => calls[event.do](event, stream, context));
";

const STREAM_CALLS: &[&str] = &["parts", "prelude", "late", "returns", "midway", "pipe"];

/// What differs from run to run, by its kind.
fn settled(text: &str) -> String {
    static RULES: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        [
            (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME"),
            ("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID"),
            ("Root=[^\" ,]*", "TRACE"),
            (r"(file://)?/[^ \x22'()]*/lfn-run-[A-Za-z0-9]+/files", "ROOT"),
            // Frames of the clients and of Node.js itself, in lists and in text.
            (r#",?"[^"]*\b(node:|node\.cjs|aws-lambda-ric|older/)[^"]*""#, ""),
            // How V8 calls a function that is a member of the client's.
            (r"(?:Runtime|StreamingInvokeProcessor)\.handler \((ROOT[^)]*)\)", "$1"),
            (
                r"(\\n|\n|\r) +at [^\n\r]*(node:|node\.cjs|aws-lambda-ric|older/)[^\n\r]*",
                "",
            ),
        ]
        .map(|(rule, name)| (Regex::new(rule).unwrap(), name))
        .into()
    });
    // Where there is no frame for a message, the clients keep lines together with carriage returns.
    let text = text.replace('\r', "\n");
    RULES
        .iter()
        .fold(text, |text, (rule, name)| rule.replace_all(&text, *name).into_owned())
}

/// The log between the lines of lfn's own.
fn own_lines(log: &str) -> String {
    let lines = log.lines().filter(|line| {
        // The older client for Node.js greets; in Lambda it is started by another program.
        let platform = ["START ", "END ", "REPORT ", "INIT_REPORT ", "Executing 'index.handler'"];
        !platform.iter().any(|start| line.starts_with(start)) && !line.contains(r#""type":"platform."#)
    });
    settled(&lines.collect::<Vec<_>>().join("\n"))
}

fn call(name: &str) -> Event {
    Event {
        client_context: Some(
            r#"{"custom":{"k":"v"},"env":{"locale":"de"},"client":{"app_title":"shop"},"w3c":{"traceparent":"00-1","other":1}}"#.into(),
        ),
        cognito_identity: Some(r#"{"cognitoIdentityId":"i","cognitoIdentityPoolId":"p"}"#.into()),
        tenant_id: Some("blue".into()),
        ..event(&json!({ "do": name }).to_string())
    }
}

/// Runs the calls on both and lists what differs though it is not known to, or the other way round.
async fn compare(
    client: &Client,
    logging: (LogFormat, Option<LogLevel>),
    file: (&str, &str),
    handler: &str,
    calls: &[&str],
) -> String {
    let with = |runtime: &str| {
        let mut settings: FunctionSettings = settings(runtime, handler);
        (settings.logging.format, settings.logging.level) = logging;
        settings
    };
    let bootstrap = client.bootstrap();
    let ours = pool_on(client.host(), with(&client.runtime), &[file], &[]);
    let theirs = pool_on(
        client.host(),
        with("provided.al2023"),
        &[file, ("bootstrap", &bootstrap)],
        &[],
    );
    let mut wrong = Vec::new();
    for name in calls {
        let seen = [&ours, &theirs].map(async |pool| {
            let outcome = pool.invoke(&call(name)).await.unwrap();
            let payload = settled(&String::from_utf8_lossy(&outcome.payload));
            let payload = serde_json::from_str(&payload).unwrap_or(Value::String(payload));
            (
                payload,
                outcome.content_type,
                outcome.function_error,
                own_lines(&outcome.log),
            )
        });
        let [ours, theirs] = seen;
        let (ours, theirs) = (ours.await, theirs.await);
        let known = KNOWN
            .iter()
            .any(|(runtime, case, _)| (*runtime, case) == (&client.runtime, name));
        if (ours == theirs) == known {
            let (runtime, format) = (&client.runtime, logging.0);
            wrong.push(format!("{runtime} {name} {format:?}\n  lfn {ours:?}\n  AWS {theirs:?}"));
        }
    }
    wrong.join("\n")
}

const TEXT: (LogFormat, Option<LogLevel>) = (LogFormat::Text, None);
const JSON: (LogFormat, Option<LogLevel>) = (LogFormat::Json, None);

#[tokio::test]
async fn python_answers_and_logs_as_awslambdaric_does() {
    let client = Client::python();
    for logging in [
        TEXT,
        JSON,
        (LogFormat::Json, Some(LogLevel::Error)),
        (LogFormat::Json, Some(LogLevel::Trace)),
    ] {
        let wrong = compare(&client, logging, ("app.py", PYTHON), "app.handler", PYTHON_CALLS).await;
        assert!(wrong.is_empty(), "{wrong}");
    }
}

#[tokio::test]
async fn node_24_answers_and_logs_as_aws_lambda_ric_does() {
    let client = Client::node(24);
    for logging in [
        TEXT,
        JSON,
        (LogFormat::Json, Some(LogLevel::Warn)),
        (LogFormat::Json, Some(LogLevel::Trace)),
    ] {
        let wrong = compare(&client, logging, ("index.js", NODE), "index.handler", NODE_CALLS).await;
        assert!(wrong.is_empty(), "{wrong}");
    }
    let wrong = compare(&client, TEXT, ("index.js", STREAMS), "index.handler", STREAM_CALLS).await;
    assert!(wrong.is_empty(), "{wrong}");
}

#[tokio::test]
async fn node_20_and_22_still_have_callbacks() {
    for major in [20, 22] {
        let client = Client::node(major);
        let wrong = compare(&client, TEXT, ("index.js", CALLBACKS), "index.handler", CALLBACK_CALLS).await;
        assert!(wrong.is_empty(), "{wrong}");
        for logging in [TEXT, JSON] {
            let wrong = compare(&client, logging, ("index.js", NODE), "index.handler", NODE_CALLS).await;
            assert!(wrong.is_empty(), "{wrong}");
        }
        let wrong = compare(&client, TEXT, ("index.js", STREAMS), "index.handler", STREAM_CALLS).await;
        assert!(wrong.is_empty(), "{wrong}");
    }
}
