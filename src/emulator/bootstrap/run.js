// Runs one invocation of a Node.js function: what run.py does for Python, with the same job and the same answers.
'use strict';
const fs = require('fs');
const path = require('path');
const util = require('util');
const { pathToFileURL } = require('url');

// The codes of FunctionGraph's runtimes.
const NO_ENTRY = 4001;
const FAILED = 4002;
const INVALID_RESULT = 4007;
const INITIALIZATION_FAILED = 4201;
const OUT_OF_MEMORY = 4205;

function tell(text) {
  let rest = Buffer.from(text);
  while (rest.length > 0) rest = rest.subarray(fs.writeSync(3, rest));
}

let ended = false;

function end(code, body) {
  if (ended) return;
  ended = true;
  const text = Buffer.from(body);
  tell(Buffer.concat([Buffer.from(`${code} ${text.length}\n`), text]));
  process.exit(0);
}

function failure(code, message, type, stack) {
  const error = new Error(message);
  error.failure = { code, body: JSON.stringify({ errorMessage: message, errorType: type, stackTrace: stack || [] }) };
  return error;
}

// Of whatever the function threw; the frames of this file and of Node.js are not part of its stack.
function failureOf(code, thrown) {
  if (thrown && thrown.failure) return thrown.failure;
  if (!(thrown instanceof Error)) {
    const message = typeof thrown === 'string' ? thrown : util.inspect(thrown);
    return failure(code, message, typeof thrown).failure;
  }
  const isMemory = thrown.name === 'RangeError' && /allocation failed/i.test(thrown.message);
  if (isMemory) return failure(OUT_OF_MEMORY, 'runtime memory limit exceeded', 'RangeError').failure;
  const stack = String(thrown.stack || '').split('\n').slice(1).map((line) => line.trim());
  const foreign = [__filename, 'node:', 'new Promise (<anonymous>)'];
  const own = stack.filter((line) => line.startsWith('at ') && !foreign.some((part) => line.includes(part)));
  return failure(code, String(thrown.message), thrown.name, own).failure;
}

function fail(code, thrown) {
  const { code: chosen, body } = failureOf(code, thrown);
  const { errorType, errorMessage, stackTrace } = JSON.parse(body);
  try {
    fs.writeSync(2, [`${errorType}: ${errorMessage}`, ...stackTrace].join('\n    ') + '\n');
  } catch {
    // the function closed it
  }
  end(chosen, body);
}

function makeLogger(requestId) {
  const line = (...content) => {
    const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    process.stdout.write(`${time} ${requestId} ${util.format(...content)}\n`);
  };
  return { log: line, debug: line, info: line, warn: line, warning: line, error: line, setLevel() {} };
}

// What a handler learns about its invocation.
function makeContext(job) {
  const logger = makeLogger(job.request_id);
  const nothing = () => ''; // there is no agency whose credentials this could be
  return {
    startedAt: process.hrtime.bigint(),
    getRequestID: () => job.request_id,
    getRemainingTimeInMilliSeconds() {
      const used = Number((process.hrtime.bigint() - this.startedAt) / 1000000n);
      return Math.max(0, job.timeout * 1000 - used);
    },
    getUserData: (key) => (Object.prototype.hasOwnProperty.call(job.user_data, key) ? job.user_data[key] : undefined),
    getFunctionName: () => job.function,
    getRunningTimeInSeconds: () => job.timeout,
    getVersion: () => job.version,
    getMemorySize: () => job.memory,
    getCPUNumber: () => job.cpu,
    getProjectID: () => job.project,
    getPackage: () => job.package,
    getAlias: () => job.alias,
    getLogger: () => logger,
    getAccessKey: nothing,
    getSecretKey: nothing,
    getToken: nothing,
    getSecurityAccessKey: nothing,
    getSecuritySecretKey: nothing,
    getSecurityToken: nothing,
  };
}

function findFile(root, name) {
  const base = path.join(root, name);
  for (const file of [`${base}.js`, `${base}.cjs`, `${base}.mjs`, path.join(base, 'index.js')]) {
    if (fs.existsSync(file)) return file;
  }
  return null;
}

async function loadModule(file) {
  if (file.endsWith('.mjs')) return import(pathToFileURL(file).href);
  try {
    return require(file);
  } catch (error) {
    if (error && error.code === 'ERR_REQUIRE_ESM') return import(pathToFileURL(file).href);
    throw failureAsError(error);
  }
}

function failureAsError(thrown) {
  const wrapped = new Error('cannot be loaded');
  wrapped.failure = failureOf(INITIALIZATION_FAILED, thrown);
  return wrapped;
}

// The function that `folder/file.function` names.
async function load(root, name) {
  const dot = name.lastIndexOf('.');
  const file = name.slice(0, dot);
  const found = findFile(root, file);
  if (!found) {
    throw failure(NO_ENTRY, `the code has no file ${file}.js, which the handler ${name} names`, 'EntryNotFound');
  }
  const module = await loadModule(found);
  const member = name.slice(dot + 1);
  const handler = module[member] || (module.default && module.default[member]);
  if (typeof handler !== 'function') {
    throw failure(NO_ENTRY, `${file}.js has no function ${member}, which the handler ${name} names`, 'EntryNotFound');
  }
  return handler;
}

// The result of a function that returns it, promises it or takes a callback, which is its last parameter.
function call(handler, parameters) {
  return new Promise((resolve, reject) => {
    const callback = (error, result) => (error === null || error === undefined ? resolve(result) : reject(error));
    const returned = handler(...parameters, callback);
    if (returned && typeof returned.then === 'function') {
      returned.then(resolve, reject);
    } else if (handler.length <= parameters.length) {
      resolve(returned);
    }
  });
}

function render(result) {
  try {
    const text = JSON.stringify(result === undefined || result === null ? '' : result);
    if (text === undefined) throw new TypeError(`a ${typeof result} has no JSON`);
    return text;
  } catch (error) {
    const message = `failed to convert the result to a JSON string, err:${error.message}`;
    throw failure(INVALID_RESULT, message, error.name);
  }
}

async function run(job) {
  const context = makeContext(job);
  const handler = await load(job.root, job.handler);
  if (job.initializer) {
    const initializer = await load(job.root, job.initializer);
    try {
      await call(initializer, [context]);
    } catch (error) {
      throw failureAsError(error);
    }
  }
  tell('initialized\n');
  context.startedAt = process.hrtime.bigint();
  return render(await call(handler, [job.event, context]));
}

// What is written to a pipe waits in memory by default, and would be gone with process.exit().
function writeAtOnce(streams) {
  for (const stream of streams) {
    if (stream._handle && stream._handle.setBlocking) stream._handle.setBlocking(true);
  }
}

writeAtOnce([process.stdout, process.stderr]);
process.on('uncaughtException', (error) => fail(FAILED, error));
process.on('unhandledRejection', (error) => fail(FAILED, error));
process.on('beforeExit', () => fail(FAILED, new Error('the function ended without a result: it never called back')));

const job = JSON.parse(fs.readFileSync(0, 'utf8'));
run(job).then(
  (result) => end(0, result),
  (error) => fail(FAILED, error),
);
