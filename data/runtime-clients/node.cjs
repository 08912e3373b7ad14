'use strict';
// Runs a Lambda handler: asks the Runtime API for events and reports results.

const fs = require('node:fs');
const http = require('node:http');
const { register } = require('node:module');
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

let requestId;

// ---- Log lines ----

function write(level, values) {
  if (!JSON_LOGS) {
    process.stdout.write(`${new Date().toISOString()}\t${requestId}\t${level}\t${util.format(...values)}\n`);
    return;
  }
  if (LEVELS.indexOf(level) < LEVEL) return;
  const line = { timestamp: new Date().toISOString(), level, requestId };
  if (values.length === 1 && values[0] instanceof Error) {
    Object.assign(line, describe(values[0]));
  } else {
    line.message = values.length === 1 ? values[0] : util.format(...values);
  }
  let text;
  try {
    text = JSON.stringify(line);
  } catch {
    text = JSON.stringify({ ...line, message: util.format(...values) });
  }
  process.stdout.write(`${text}\n`);
}

for (const [method, level] of Object.entries({
  log: 'INFO', info: 'INFO', debug: 'DEBUG', warn: 'WARN', error: 'ERROR', trace: 'TRACE', fatal: 'FATAL',
})) {
  console[method] = (...values) => write(level, values);
}

// ---- Errors ----

class RuntimeError extends Error {
  constructor(kind, message) {
    super(message);
    this.name = `Runtime.${kind}`;
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

function logError(title, error) {
  const { errorType, errorMessage, trace } = describe(error);
  const shown = { errorType, errorMessage, ...(error instanceof Error ? error : {}), stack: trace };
  let text;
  try {
    text = JSON.stringify(shown);
  } catch {
    text = JSON.stringify({ errorType, errorMessage, stack: trace });
  }
  write('ERROR', JSON_LOGS ? [error] : [`${title} \t${text}`]);
}

// ---- The Runtime API ----

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function call(method, route, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(
      { agent, host: API_HOST, port: API_PORT, method, path: BASE + route, headers: {
        'Content-Type': 'application/json',
        ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }),
        ...headers,
      } },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString('utf8') }));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

function report(route, error) {
  const body = describe(error);
  return call('POST', route, JSON.stringify(body), { 'Lambda-Runtime-Function-Error-Type': body.errorType });
}

/** The response of a streaming handler; the request begins with the first byte. */
class ResponseStream extends Writable {
  constructor(id) {
    super();
    this.id = id;
    this.contentType = 'application/octet-stream';
  }

  setContentType(contentType) {
    this.contentType = contentType;
  }

  open() {
    if (this.request) return;
    this.answered = new Promise((resolve, reject) => {
      this.request = http.request(
        { host: API_HOST, port: API_PORT, method: 'POST', path: `${BASE}/invocation/${this.id}/response`, headers: {
          'Content-Type': this.contentType,
          'Lambda-Runtime-Function-Response-Mode': 'streaming',
          'Transfer-Encoding': 'chunked',
          Trailer: 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body',
          Connection: 'close',
        } },
        (response) => response.resume().on('end', resolve),
      );
      this.request.on('error', reject);
    });
  }

  _write(chunk, encoding, done) {
    this.open();
    this.request.write(chunk, encoding, done);
  }

  _final(done) {
    this.open();
    this.request.end();
    this.answered.then(() => done(), done);
  }

  /** Ends with an error: as trailers when part of the response has gone, else as any other. */
  async fail(error) {
    if (!this.request) return report(`/invocation/${this.id}/error`, error);
    const body = describe(error);
    this.request.addTrailers({
      'Lambda-Runtime-Function-Error-Type': body.errorType,
      'Lambda-Runtime-Function-Error-Body': Buffer.from(JSON.stringify(body)).toString('base64'),
    });
    this.request.end();
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
      stream.write(JSON.stringify(prelude));
      stream.write(Buffer.alloc(8));
      return stream;
    },
  },
};

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
      syntax.stack = `${syntax.name}: ${error.stack}`;
      throw syntax;
    }
    if (error?.code === 'MODULE_NOT_FOUND') {
      throw new RuntimeError('ImportModuleError', `Error: ${error.message}`);
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
        + 'You need to modify this function to use a supported handler signature to use Node.js 24 or later.',
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
    xRayTraceId: headers['lambda-runtime-trace-id'],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

/** Runs a handler of the time when results could also come by callback. */
function runWithCallback(handler, event, context) {
  return new Promise((resolve, reject) => {
    let wait = true;
    let settle;
    const whenIdle = () => (settle ?? (() => resolve(null)))();
    const finish = (action) => {
      if (settle) return;
      settle = () => {
        process.removeListener('beforeExit', whenIdle);
        action();
      };
      if (!wait) setImmediate(settle);
    };
    const done = (error, result) => finish(() => (error === undefined || error === null ? resolve(result) : reject(error)));
    const atOnce = (error, result) => {
      wait = false;
      done(error, result);
    };
    Object.defineProperty(context, 'callbackWaitsForEmptyEventLoop', {
      get: () => wait,
      set: (value) => { wait = Boolean(value); },
      enumerable: true,
    });
    Object.assign(context, {
      done: atOnce,
      succeed: (result) => atOnce(null, result),
      fail: (error) => atOnce(error ?? 'handled'),
    });
    process.on('beforeExit', whenIdle);
    let result;
    try {
      result = handler(event, context, done);
    } catch (error) {
      wait = false;
      finish(() => reject(error));
      return;
    }
    if (typeof result?.then === 'function') {
      wait = false;
      result.then((value) => finish(() => resolve(value)), (error) => finish(() => reject(error)));
    }
  });
}

function stringify(value) {
  try {
    return JSON.stringify(value === undefined ? null : value) ?? 'null';
  } catch {
    throw new RuntimeError('JSONStringifyError', 'Unable to stringify response body');
  }
}

async function stream(handler, event, context, id) {
  const response = new ResponseStream(id);
  try {
    await handler(event, response, context);
    await new Promise((resolve, reject) => {
      if (response.writableFinished) return resolve();
      response.on('finish', resolve).on('error', reject);
      response.end();
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
  process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'] ?? '';
  let answer;
  try {
    const event = JSON.parse(body);
    const context = makeContext(headers);
    if (handler[STREAMING]) return await stream(handler, event, context, id);
    answer = stringify(await (CALLBACKS ? runWithCallback(handler, event, context) : handler(event, context)));
  } catch (error) {
    logError('Invoke Error', error);
    await report(`/invocation/${id}/error`, error);
    return;
  }
  await call('POST', `/invocation/${id}/response`, answer);
}

/** The end of everything: tell what happened to whoever waits, then go. */
function die(title, status) {
  return (reason) => {
    let error = reason;
    if (status === 128) {
      error = new RuntimeError('UnhandledPromiseRejection', String(reason));
      error.reason = describe(reason);
    }
    logError(title, error);
    const route = requestId ? `/invocation/${requestId}/error` : '/init/error';
    // Not through the agent: its one connection may be waiting for the next event.
    const body = JSON.stringify(describe(error));
    const request = http.request(
      { host: API_HOST, port: API_PORT, method: 'POST', path: BASE + route, headers: {
        'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), Connection: 'close',
      } },
      (response) => response.resume().on('end', () => process.exit(status)),
    );
    request.on('error', () => process.exit(status));
    request.end(body);
  };
}

process.on('uncaughtException', die('Uncaught Exception', 129));
process.on('unhandledRejection', die('Unhandled Promise Rejection', 128));

async function main() {
  importFromLayers();
  let handler;
  try {
    handler = await loadHandler(process.env._HANDLER);
  } catch (error) {
    logError('Uncaught Exception', error);
    await report('/init/error', error);
    process.exit(1);
  }
  for (;;) await once(handler);
}

// What fails here is the connection: lfn is gone, and so is the reason to go on.
main().catch(() => process.exit(1));
