'use strict';
// Runs a Lambda handler: asks the Runtime API for events and reports results.

const fs = require('node:fs');
const { register } = require('node:module');
const net = require('node:net');
const path = require('node:path');
const util = require('node:util');
const { Writable } = require('node:stream');
const { pathToFileURL } = require('node:url');

const [API_HOST, API_PORT] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const BASE = '/2018-06-01/runtime';
const TASK_ROOT = process.env.LAMBDA_TASK_ROOT;
const JSON_LOGS = (process.env.AWS_LAMBDA_LOG_FORMAT || '').toUpperCase() === 'JSON';
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const LEVEL = Math.max(LEVELS.indexOf((process.env.AWS_LAMBDA_LOG_LEVEL || '').toUpperCase()), 0);
// Callbacks are gone from nodejs24.x on.
const MAJOR = Number(/nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV || '')?.[1] ?? 24);
const CALLBACKS = MAJOR < 24;
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');

// Outside of calls, each runtime has its own word for that.
let requestId = CALLBACKS ? undefined : '-';
let tenantId;

// ---- Log lines ----

/** An error as JSON logs show it, wherever it stands in a value. */
function plain(_, value) {
  if (!(value instanceof Error)) return value;
  return { ...loggedError(value), ...value };
}

function loggedError(error) {
  const stack = typeof error.stack === 'string' ? error.stack.split('\n') : error.stack;
  return { errorType: error.constructor?.name ?? 'UnknownError', errorMessage: error.message, stackTrace: stack };
}

function jsonLine(level, message, values) {
  const line = { timestamp: new Date().toISOString(), level, requestId, tenantId };
  if (values.length === 0) {
    try {
      return JSON.stringify({ ...line, message }, plain);
    } catch {
      return JSON.stringify({ ...line, message: util.format(message) });
    }
  }
  const error = values.find((value) => value instanceof Error);
  return JSON.stringify({ ...line, message: util.format(message, ...values), ...(error && loggedError(error)) });
}

function write(level, message, values) {
  if (LEVELS.indexOf(level) < LEVEL) return;
  const line = JSON_LOGS
    ? jsonLine(level, message, values)
    : `${new Date().toISOString()}\t${requestId}\t${level}\t${util.format(message, ...values)}`;
  process.stdout.write(`${line}\n`);
}

for (const [method, level] of Object.entries({
  log: 'INFO', info: 'INFO', debug: 'DEBUG', warn: 'WARN', error: 'ERROR', trace: 'TRACE', fatal: 'FATAL',
})) {
  console[method] = (message, ...values) => write(level, message, values);
}

// ---- Errors ----

class RuntimeError extends Error {
  constructor(kind, message) {
    super(message);
    // An error's own fields are logged; in older versions its name is not one of them.
    Object.defineProperty(this, 'name', { value: `Runtime.${kind}`, enumerable: !CALLBACKS });
    // The name of the class, which JSON logs show.
    Object.defineProperty(this, 'constructor', { value: { name: kind } });
  }
}

/** A failure that was logged where it happened. */
class Logged {
  constructor(reason) {
    this.reason = reason;
    logError('Invoke Error', reason);
  }
}

function describe(error) {
  if (error instanceof Error || util.types.isNativeError(error)) {
    return {
      errorType: String(error.name),
      errorMessage: String(error.message),
      trace: String(error.stack).split('\n'),
    };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function logError(title, reason) {
  const error = reason instanceof Error ? reason : new Error(CALLBACKS ? reason : String(reason));
  if (JSON_LOGS) return console.error(error);
  const shown = (_, value) => {
    if (!(value instanceof Error)) return value;
    const all = { errorType: value.name, errorMessage: value.message, code: value.code, ...value };
    return typeof value.stack === 'string' ? { ...all, stack: value.stack.split('\n') } : all;
  };
  let text;
  try {
    text = JSON.stringify(error, shown);
  } catch {
    text = JSON.stringify(describe(error));
  }
  console.error(title, `\t${text}`);
}

// ---- The Runtime API ----

function lines(headers) {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${String(value).replace(/[\r\n]/g, ' ')}\r\n`)
    .join('');
}

/**
 * As much HTTP as lfn's side speaks, on a socket: `node:http` costs milliseconds at the start and a good part of each call.
 * Lambda's own client does not use it either.
 */
class Connection {
  constructor() {
    this.socket = net.connect({ host: API_HOST, port: Number(API_PORT) }).setNoDelay(true);
    // It does not keep the process alive but while an answer is awaited.
    this.socket.unref();
    this.received = [];
    this.socket.on('data', (chunk) => this.receive(chunk));
    this.socket.on('error', (error) => this.awaited?.reject(error));
    this.socket.on('close', () => this.awaited?.reject(new Error('the Runtime API is gone')));
  }

  /** Sends the head of a request, and its body if it is known. */
  ask(method, route, headers, body) {
    const head = `${method} ${BASE}${route} HTTP/1.1\r\nHost: ${API_HOST}\r\n${lines(headers)}\r\n`;
    this.socket.ref();
    // In one piece, so that one packet does.
    this.socket.write(body ? head + body : head);
  }

  answer() {
    return new Promise((resolve, reject) => {
      this.awaited = { resolve, reject };
    });
  }

  receive(chunk) {
    this.received.push(chunk);
    if (this.headers === undefined) {
      const all = Buffer.concat(this.received);
      const end = all.indexOf('\r\n\r\n');
      this.received = [all];
      if (end < 0) return;
      this.headers = {};
      for (const line of all.toString('latin1', 0, end).split('\r\n').slice(1)) {
        const colon = line.indexOf(': ');
        this.headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 2);
      }
      this.received = [all.subarray(end + 4)];
      this.left = Number(this.headers['content-length']) - this.received[0].length;
    } else {
      this.left -= chunk.length;
    }
    if (this.left > 0) return;
    const { headers, awaited } = this;
    const body = Buffer.concat(this.received).toString('utf8');
    this.received = [];
    this.headers = undefined;
    this.awaited = undefined;
    this.socket.unref();
    awaited?.resolve({ headers, body });
  }
}

const api = new Connection();

function call(method, route, body = '', headers = {}, connection = api) {
  const answer = connection.answer();
  const all = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), ...headers };
  connection.ask(method, route, all, body);
  return answer;
}

function report(route, error, connection = api) {
  const body = describe(error);
  return call('POST', route, JSON.stringify(body), { 'Lambda-Runtime-Function-Error-Type': body.errorType }, connection);
}

/** The response of a streaming handler; the request begins with the first byte. */
class ResponseStream extends Writable {
  constructor(id) {
    super({ decodeStrings: true });
    this.id = id;
    this.contentType = 'application/octet-stream';
  }

  setContentType(contentType) {
    if (this.began) throw new RuntimeError('InvalidStreamingOperation', 'Cannot set content-type, too late.');
    this.contentType = contentType;
  }

  /** Objects are written as JSON. */
  write(chunk, ...rest) {
    if (!this.began) {
      this.began = true;
      if (this.prelude) super.write(this.prelude);
    }
    const bytes = typeof chunk === 'string' || chunk instanceof Uint8Array;
    return super.write(bytes ? chunk : JSON.stringify(chunk), ...rest);
  }

  open() {
    if (this.connection) return;
    this.connection = new Connection();
    this.answered = this.connection.answer();
    // Whoever awaits it hears of a failure; nobody may by then.
    this.answered.catch(() => {});
    this.connection.ask('POST', `/invocation/${this.id}/response`, {
      'Content-Type': this.contentType,
      'Lambda-Runtime-Function-Response-Mode': 'streaming',
      'Transfer-Encoding': 'chunked',
      Trailer: 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body',
      Connection: 'close',
    });
  }

  _write(chunk, encoding, done) {
    this.open();
    const { socket } = this.connection;
    if (chunk.length === 0) return done();
    socket.write(`${chunk.length.toString(16)}\r\n`);
    socket.write(chunk);
    socket.write('\r\n', done);
  }

  _final(done) {
    this.open();
    this.connection.socket.write('0\r\n\r\n');
    this.answered.then(() => done(), done);
  }

  /** Ends with an error: as trailers when part of the response has gone, else as any other. */
  async fail(error) {
    if (!this.connection) return report(`/invocation/${this.id}/error`, error);
    const body = describe(error);
    const trailers = lines({
      'Lambda-Runtime-Function-Error-Type': body.errorType,
      'Lambda-Runtime-Function-Error-Body': Buffer.from(JSON.stringify(body)).toString('base64'),
    });
    this.connection.socket.write(`0\r\n${trailers}\r\n`);
    return this.answered;
  }
}

globalThis.awslambda = {
  streamifyResponse(handler) {
    handler[STREAMING] = 'response';
    return handler;
  },
  HttpResponseStream: {
    from(stream, prelude) {
      stream.setContentType('application/vnd.awslambda.http-integration-response');
      stream.prelude = Buffer.concat([Buffer.from(JSON.stringify(prelude)), Buffer.alloc(8)]);
      return stream;
    },
  },
};

/** What is known of the call in hand, where libraries look for it from nodejs24.x on (`@aws/lambda-invoke-store`). */
class InvokeStore {
  static PROTECTED_KEYS = {
    REQUEST_ID: Symbol.for('_AWS_LAMBDA_REQUEST_ID'),
    X_RAY_TRACE_ID: Symbol.for('_AWS_LAMBDA_X_RAY_TRACE_ID'),
    TENANT_ID: Symbol.for('_AWS_LAMBDA_TENANT_ID'),
  };

  run(context, action) {
    this.context = context;
    return action();
  }

  getContext() {
    return this.context;
  }

  hasContext() {
    return this.context !== undefined;
  }

  get(key) {
    return this.context?.[key];
  }

  set(key, value) {
    if (Object.values(InvokeStore.PROTECTED_KEYS).includes(key)) {
      throw new Error(`Cannot modify protected Lambda context field: ${String(key)}`);
    }
    this.context = { ...this.context, [key]: value };
  }

  getRequestId() {
    return this.get(InvokeStore.PROTECTED_KEYS.REQUEST_ID) ?? '-';
  }

  getXRayTraceId() {
    return this.get(InvokeStore.PROTECTED_KEYS.X_RAY_TRACE_ID);
  }

  getTenantId() {
    return this.get(InvokeStore.PROTECTED_KEYS.TENANT_ID);
  }
}

if (!CALLBACKS) globalThis.awslambda.InvokeStore = new InvokeStore();

// ---- The handler ----

function isModule(file) {
  if (file.endsWith('.mjs')) return true;
  if (!file.endsWith('.js')) return false;
  for (let folder = path.dirname(file); folder.startsWith(TASK_ROOT); folder = path.dirname(folder)) {
    const manifest = path.join(folder, 'package.json');
    if (fs.existsSync(manifest)) {
      return JSON.parse(fs.readFileSync(manifest, 'utf8')).type === 'module';
    }
  }
  return false;
}

/** What is not found where Node.js looks for imported packages is looked for below these folders. */
const HOOKS = `
  let parents = [];
  export function initialize(data) { parents = data; }
  export async function resolve(specifier, context, next) {
    try {
      return await next(specifier, context);
    } catch (error) {
      if (error?.code !== 'ERR_MODULE_NOT_FOUND' || /^[./]|^[a-z]+:/i.test(specifier)) throw error;
      for (const parentURL of parents) {
        try {
          return await next(specifier, { ...context, parentURL });
        } catch (other) {
          if (other?.code !== 'ERR_MODULE_NOT_FOUND') throw other;
        }
      }
      throw error;
    }
  }`;

/**
 * Lets `import` find the packages of layers, as Lambda does from nodejs18.x on: its Node.js looks into the
 * folders of NODE_PATH, which Node.js itself does for `require` alone.
 */
function importFromLayers() {
  const packages = (process.env.NODE_PATH || '').split(path.delimiter)
    .filter((folder) => path.basename(folder) === 'node_modules' && fs.existsSync(folder));
  if (MAJOR < 18 || packages.length === 0 || !register) return;
  const parents = packages.map((folder) => pathToFileURL(path.join(path.dirname(folder), 'import.mjs')).href);
  register(`data:text/javascript,${encodeURIComponent(HOOKS)}`, { data: parents });
}

async function load(folder, name) {
  const base = path.resolve(TASK_ROOT, folder, name);
  const file = ['', '.js', '.mjs', '.cjs'].map((ending) => base + ending)
    .find((candidate) => fs.statSync(candidate, { throwIfNoEntry: false })?.isFile());
  try {
    if (file && isModule(file)) return await import(pathToFileURL(file).href);
    return require(file ?? require.resolve(name, { paths: [TASK_ROOT, path.resolve(TASK_ROOT, folder)] }));
  } catch (error) {
    if (error instanceof SyntaxError) {
      const syntax = new RuntimeError('UserCodeSyntaxError', `SyntaxError: ${error.message}`);
      syntax.stack = CALLBACKS ? `${syntax.name}: ${error.stack}` : error.stack;
      throw syntax;
    }
    if (error?.code === 'MODULE_NOT_FOUND') {
      // Where the function asked for it, and not where the function itself was asked for.
      const own = file ? error.message.split('\n').filter((line) => !line.includes(__filename)) : [error.message];
      throw new RuntimeError('ImportModuleError', `Error: ${own.join('\n')}`);
    }
    throw error;
  }
}

async function loadHandler(text) {
  if (text.includes('..')) {
    throw new RuntimeError(
      'MalformedHandlerName',
      `'${text}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const last = path.basename(text);
  const folder = text.slice(0, text.length - last.length);
  const [, file, name] = /^([^.]*)\.(.+)$/.exec(last) ?? [];
  if (!file) throw new RuntimeError('MalformedHandlerName', 'Bad handler');
  const module = await load(folder, file);
  const find = (from) => name.split('.').reduce((value, key) => value?.[key], from);
  const handler = find(module) ?? find(module.default);
  if (handler === undefined || handler === null) {
    throw new RuntimeError('HandlerNotFound', `${text} is undefined or not exported`);
  }
  if (typeof handler !== 'function') throw new RuntimeError('HandlerNotFound', `${text} is not a function`);
  if (!CALLBACKS && !handler[STREAMING] && handler.length >= 3) {
    throw new RuntimeError(
      'CallbackHandlerDeprecated',
      'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. '
        + 'You need to modify this function to use a supported handler signature to use Node.js 24 or later. '
        + 'For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.',
    );
  }
  return handler;
}

function parse(text) {
  return text ? JSON.parse(text) : undefined;
}

function makeContext(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parse(headers['lambda-runtime-client-context']),
    identity: parse(headers['lambda-runtime-cognito-identity']),
    tenantId: headers['lambda-runtime-aws-tenant-id'],
    ...(CALLBACKS ? {} : { xRayTraceId: headers['lambda-runtime-trace-id'] }),
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

/** Runs a handler of the time when results could also come by callback. */
function runWithCallback(handler, event, context) {
  let [resolve, reject] = [];
  const settled = new Promise((...both) => { [resolve, reject] = both; });
  let wait = true;
  let over = false;
  // What the empty event loop brings: the result that waits for it, or nothing.
  let whenIdle = () => {
    over = true;
    done();
  };
  const listener = () => whenIdle();
  const once = (action) => (...values) => {
    if (over) return;
    over = true;
    action(...values);
  };
  const failed = (error) => error !== undefined && error !== null;
  const done = (error, result) => {
    process.removeListener('beforeExit', listener);
    if (failed(error)) reject(new Logged(error));
    else resolve(result);
  };
  const callback = once((error, result) => {
    // A failure waits for nothing.
    if (failed(error) || !wait) return done(error, result);
    whenIdle = () => setImmediate(done, null, result);
  });
  const succeed = once((result) => done(null, result));
  const fail = once((error) => done(failed(error) ? error : 'handled'));
  Object.assign(context, { succeed, fail, done: once(done) });
  Object.defineProperty(context, 'callbackWaitsForEmptyEventLoop', {
    get: () => wait,
    set: (value) => { wait = value; },
    enumerable: true,
  });
  process.on('beforeExit', listener);
  try {
    const result = handler(event, context, callback);
    if (typeof result?.then === 'function') result.then(succeed, fail);
  } catch (error) {
    callback(error);
  }
  return settled;
}

function stringify(value) {
  let text;
  try {
    text = JSON.stringify(value === undefined ? null : value);
  } catch {
    const message = 'Unable to stringify response body';
    throw CALLBACKS ? new Error(message) : new RuntimeError('JSONStringifyError', message);
  }
  // A function, for one.
  if (text === undefined) throw new TypeError('Wrong arguments');
  return text;
}

async function stream(handler, event, context, id) {
  const response = new ResponseStream(id);
  try {
    const handled = handler(event, response, context);
    if (typeof handled?.then !== 'function') throw new Error('Streaming does not support non-async handlers.');
    if (await handled !== undefined) console.warn('Streaming handlers ignore return values.');
    // A stream that nobody ends is waited for until the function's time is up.
    await new Promise((resolve, reject) => {
      if (response.writableFinished) return resolve();
      response.on('finish', resolve).on('error', reject);
    });
  } catch (error) {
    logError('Invoke Error', error);
    await response.fail(error);
  }
}

async function once(handler) {
  const { headers, body } = await call('GET', '/invocation/next');
  const id = headers['lambda-runtime-aws-request-id'];
  requestId = id;
  tenantId = CALLBACKS ? headers['lambda-runtime-aws-tenant-id'] : undefined;
  process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'] ?? '';
  globalThis.awslambda.InvokeStore?.run({
    [InvokeStore.PROTECTED_KEYS.REQUEST_ID]: id,
    [InvokeStore.PROTECTED_KEYS.X_RAY_TRACE_ID]: headers['lambda-runtime-trace-id'],
  }, () => {});
  let answer;
  try {
    const event = JSON.parse(body);
    const context = makeContext(headers);
    if (handler[STREAMING]) return await stream(handler, event, context, id);
    answer = stringify(await (CALLBACKS ? runWithCallback(handler, event, context) : handler(event, context)));
  } catch (error) {
    const { reason } = error instanceof Logged ? error : new Logged(error);
    await report(`/invocation/${id}/error`, reason);
    return;
  }
  await call('POST', `/invocation/${id}/response`, answer);
}

/** The end of everything: tell what happened to whoever waits, then go. */
function die(title, status) {
  return (reason, promise) => {
    let error = reason;
    if (status === 128) {
      error = Object.assign(new RuntimeError('UnhandledPromiseRejection', String(reason)), { reason, promise });
    }
    logError(title, error);
    const route = requestId ? `/invocation/${requestId}/error` : '/init/error';
    // Over a connection of its own: the other one may be waiting for the next event.
    const leave = () => process.exit(status);
    report(route, error, new Connection()).then(leave, leave);
  };
}

// From nodejs24.x on, Lambda leaves these to Node.js, which prints them and ends.
if (CALLBACKS) {
  process.on('uncaughtException', die('Uncaught Exception', 129));
  process.on('unhandledRejection', die('Unhandled Promise Rejection', 128));
}

async function main() {
  importFromLayers();
  let handler;
  try {
    handler = await loadHandler(process.env._HANDLER);
  } catch (error) {
    logError(CALLBACKS ? 'Uncaught Exception' : 'Init Error', error);
    await report('/init/error', error);
    process.exit(1);
  }
  for (;;) await once(handler);
}

// What fails here is the connection: lfn is gone, and so is the reason to go on.
main().catch(() => process.exit(1));
