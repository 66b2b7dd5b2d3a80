// The SDK's client for an emulator, and words for what is expected of its answers.
'use strict';

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const {describe} = require('node:test');

const {BasicCredentials} = require('@huaweicloud/huaweicloud-sdk-core');
const {DefaultHttpClient} = require('@huaweicloud/huaweicloud-sdk-core/http/DefaultHttpClient');
const {Logger4jInstance} = require('@huaweicloud/huaweicloud-sdk-core/logger/log4jLogger');
const sdk = require('@huaweicloud/huaweicloud-sdk-functiongraph/v2/public-api');
const {checkModel} = require('./models');
const {zip} = require('./zip');

// Else every refusal that a test expects would be told at length.
Logger4jInstance.level = 'off';

/** What run.py has started. */
const settings = {
  endpoint: process.env.CONFORMANCE_ENDPOINT,
  region: process.env.CONFORMANCE_REGION,
  accessKey: process.env.CONFORMANCE_ACCESS_KEY,
  secretKey: process.env.CONFORMANCE_SECRET_KEY,
  temporaryKey: process.env.CONFORMANCE_TEMPORARY_KEY,
  securityToken: process.env.CONFORMANCE_SECURITY_TOKEN,
  domain: process.env.CONFORMANCE_DOMAIN,
  user: process.env.CONFORMANCE_USER,
  password: process.env.CONFORMANCE_PASSWORD,
};

/** The SDK has no class for tokens, but takes anything with these two methods. */
class TokenCredentials {
  constructor(token, projectId) {
    this.token = token;
    this.projectId = projectId;
  }
  async processAuthParams() {
    return this;
  }
  async processAuthRequest(client, request) {
    request.url = request.url.replace('{project_id}', this.projectId);
    request.headers = {...request.headers, 'X-Auth-Token': this.token};
    return request;
  }
}

/** A login by password. `changes` are made to the body before it is sent. */
async function login(projectId, changes = () => {}) {
  const body = {
    auth: {
      identity: {
        methods: ['password'],
        password: {
          user: {
            name: settings.user,
            password: settings.password,
            domain: {name: settings.domain},
          },
        },
      },
      scope: {project: {id: projectId}},
    },
  };
  changes(body);
  return fetch(`${settings.endpoint}/v3/auth/tokens`, {
    method: 'POST',
    headers: {'Content-Type': 'application/json;charset=utf8'},
    body: JSON.stringify(body),
  });
}

async function tokenFor(projectId) {
  return (await login(projectId)).headers.get('x-subject-token');
}

function newProject() {
  return crypto.randomBytes(16).toString('hex');
}

function signedBy(accessKey, secretKey, projectId) {
  return new BasicCredentials().withAk(accessKey).withSk(secretKey).withProjectId(projectId);
}

function clientWith(credentials, axiosRequestConfig = {}) {
  return sdk.FunctionGraphClient.newBuilder()
    .withCredential(credentials)
    .withEndpoint(settings.endpoint)
    .withOptions({axiosRequestConfig})
    .build();
}

/** An object of one of the SDK's classes. A field that the class does not know is a mistake of the test. */
function build(Class, fields) {
  const built = new Class();
  for (const [name, value] of Object.entries(fields)) {
    const setter =
      'with' +
      name
        .split('_')
        .map((word) => word[0].toUpperCase() + word.slice(1))
        .join('');
    assert.equal(typeof built[setter], 'function', `${Class.name} has no ${name}`);
    built[setter](value);
  }
  return built;
}

function body(className, fields) {
  return build(sdk[className], fields);
}

/** A project of its own with a client for it. */
class Project {
  constructor(credentials, projectId) {
    this.credentials = credentials;
    this.id = projectId;
    this.client = clientWith(credentials);
    // Without this the SDK reads archives as text, which damages them.
    this.binaryClient = clientWith(credentials, {responseType: 'arraybuffer'});
  }

  urn(functionName, qualifier = '') {
    return `urn:fss:${settings.region}:${this.id}:function:default:${functionName}${qualifier}`;
  }

  /** Calls an operation of the SDK. */
  call(operation, fields = {}, client = this.client) {
    const requestName = operation[0].toUpperCase() + operation.slice(1) + 'Request';
    return client[operation](build(sdk[requestName], fields));
  }

  /** The answer of an operation that succeeds with `status`, checked against `model`. */
  async ok(status, modelName, operation, fields) {
    const answer = await this.call(operation, fields);
    const response = DefaultHttpClient.httpResponse;
    assert.equal(response.status, status, operation);
    assert.ok(response.headers['x-request-id'], `${operation}: X-Request-Id`);
    if (status === 204) {
      assert.deepEqual(answer, {httpStatusCode: 204});
      return undefined;
    }
    assert.match(response.headers['content-type'], /^application\/json/);
    assert.equal(answer.httpStatusCode, status, operation);
    delete answer.httpStatusCode;
    delete answer['X-Cff-Request-Id'];
    // Not a copy: a list keeps being one.
    const list = modelName.match(/^Array<(.*)>$/);
    if (list) {
      assert.ok(Array.isArray(answer), `${operation}: expected a bare list`);
      answer.forEach((item, index) => checkModel(list[1], item, `${operation}[${index}]`));
    } else {
      checkModel(modelName, answer, operation);
    }
    return answer;
  }

  /** The exception of an operation that is refused. */
  async refused(status, code, operation, fields) {
    try {
      await this.call(operation, fields);
    } catch (error) {
      const found = `${error.httpStatusCode} ${error.errorCode} ${error.errorMsg || error.message}`;
      assert.equal(`${error.httpStatusCode} ${error.errorCode}`, `${status} ${code}`, `${operation}: ${found}`);
      assert.equal(error.name, status < 500 ? 'ClientRequestException' : 'ServerResponseException');
      assert.ok(error.requestId, `${operation}: X-Request-Id`);
      assert.ok(error.errorMsg, `${operation}: a message`);
      return error;
    }
    return assert.fail(`${operation}: expected ${status} ${code}, found success`);
  }

  /** Creates a function of a small zip, changed by `changes`. */
  create(functionName, changes = {}) {
    return this.ok(200, 'CreateFunctionResponse', 'createFunction', {
      body: body('CreateFunctionRequestBody', {...createFields(functionName), ...changes}),
    });
  }

  publish(functionName, fields = {}) {
    return this.ok(200, 'CreateFunctionVersionResponse', 'createFunctionVersion', {
      function_urn: this.urn(functionName),
      body: body('CreateFunctionVersionRequestBody', fields),
    });
  }

  /** Gives the function other code, so that there is something to publish. */
  change(functionName, source) {
    return this.ok(200, 'UpdateFunctionCodeResponse', 'updateFunctionCode', {
      function_urn: this.urn(functionName),
      body: codeBody(codeZip(source)),
    });
  }

  createAlias(functionName, fields) {
    return this.ok(200, 'CreateVersionAliasResponse', 'createVersionAlias', {
      function_urn: this.urn(functionName),
      body: body('CreateVersionAliasRequestBody', fields),
    });
  }
}

function codeZip(source = 'def handler(event, context): return event\n') {
  return zip({'index.py': source});
}

function createFields(functionName) {
  return {
    func_name: functionName,
    package: 'default',
    runtime: 'Python3.9',
    timeout: 30,
    handler: 'index.handler',
    memory_size: 256,
    code_type: 'zip',
    code_filename: 'index.zip',
    func_code: body('FuncCode', {file: codeZip().toString('base64')}),
  };
}

function codeBody(archive, fields = {}) {
  return body('UpdateFunctionCodeRequestBody', {
    code_type: 'zip',
    func_code: body('FuncCode', {file: archive.toString('base64')}),
    ...fields,
  });
}

function configFields(functionName) {
  return {func_name: functionName, runtime: 'Python3.9', timeout: 30, handler: 'index.handler', memory_size: 256};
}

function sha512(bytes) {
  return crypto.createHash('sha512').update(bytes).digest('hex');
}

function md5(bytes) {
  return crypto.createHash('md5').update(bytes).digest('hex');
}

/** The fields that are named have these values; others may be there. */
function hasFields(answer, expected) {
  for (const [name, value] of Object.entries(expected)) {
    assert.ok(name in answer, `${name}: missing`);
    if (value instanceof RegExp) assert.match(answer[name], value, name);
    else assert.deepEqual(answer[name], value, name);
  }
}

/** Runs the suite with an access key and with a token, each in a project of its own. */
function withBothCredentials(name, suite) {
  describe(`${name}, access key`, () => {
    const projectId = newProject();
    suite(async () => new Project(signedBy(settings.accessKey, settings.secretKey, projectId), projectId));
  });
  describe(`${name}, token`, () => {
    const projectId = newProject();
    let credentials;
    suite(async () => {
      credentials = credentials || new TokenCredentials(await tokenFor(projectId), projectId);
      return new Project(credentials, projectId);
    });
  });
}

/** Times of the service have no zone. */
const time = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

module.exports = {
  Project,
  TokenCredentials,
  body,
  clientWith,
  codeBody,
  codeZip,
  configFields,
  createFields,
  hasFields,
  login,
  md5,
  newProject,
  settings,
  sha512,
  signedBy,
  time,
  tokenFor,
  withBothCredentials,
};
