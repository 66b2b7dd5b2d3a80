'use strict';

const assert = require('node:assert/strict');
const {describe, it} = require('node:test');

const {Region} = require('@huaweicloud/huaweicloud-sdk-core');
const {FunctionGraphClient} = require('@huaweicloud/huaweicloud-sdk-functiongraph/v2/public-api');
const {Project, TokenCredentials, login, newProject, settings, signedBy, tokenFor} = require('./support/service');

const iamTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

describe('IAM tokens', () => {
  it('a password brings one with 201, in a header', async () => {
    const projectId = newProject();
    const answer = await login(projectId);
    assert.equal(answer.status, 201);
    assert.ok(answer.headers.get('x-request-id'));
    assert.ok(answer.headers.get('x-subject-token').length > 1000);
    const {token} = await answer.json();
    assert.match(token.expires_at, iamTime);
    assert.match(token.issued_at, iamTime);
    assert.equal(Date.parse(token.expires_at) - Date.parse(token.issued_at), 24 * 60 * 60 * 1000);
    assert.deepEqual(token.methods, ['password']);
    assert.equal(token.project.id, projectId);
    assert.equal(typeof token.project.name, 'string');
    assert.equal(token.project.domain.name, settings.domain);
    assert.equal(token.user.name, settings.user);
    assert.equal(token.user.domain.name, settings.domain);
    assert.ok(Array.isArray(token.roles));
    assert.ok(Array.isArray(token.catalog));
  });

  it('the scope may name the project', async () => {
    const answer = await login('', (request) => {
      request.auth.scope.project = {name: settings.region};
    });
    assert.equal(answer.status, 201);
    assert.equal((await answer.json()).token.project.name, settings.region);
  });

  it('another one does not end the first', async () => {
    const projectId = newProject();
    const first = await tokenFor(projectId);
    const second = await tokenFor(projectId);
    assert.notEqual(first, second);
    for (const token of [first, second]) {
      await new Project(new TokenCredentials(token, projectId), projectId).ok(
        200,
        'ListFunctionsResponse',
        'listFunctions',
      );
    }
  });

  it('a wrong password is 401 in the shape of IAM', async () => {
    const answer = await login(newProject(), (request) => {
      request.auth.identity.password.user.password = 'other';
    });
    assert.equal(answer.status, 401);
    assert.equal(answer.headers.get('x-subject-token'), null);
    const {error} = await answer.json();
    assert.equal(error.code, 401);
    assert.equal(typeof error.message, 'string');
    assert.equal(error.title, 'Unauthorized');
  });

  it('what is not understood is 400', async () => {
    const answer = await login(newProject(), (request) => {
      delete request.auth.scope;
    });
    assert.equal(answer.status, 400);
    assert.equal((await answer.json()).error.code, 400);
  });

  it('projects are found by the name of the region', async () => {
    const token = await tokenFor(newProject());
    const answer = await fetch(`${settings.endpoint}/v3/projects?name=${settings.region}`, {
      headers: {'X-Auth-Token': token},
    });
    assert.equal(answer.status, 200);
    const {projects} = await answer.json();
    assert.equal(projects.length, 1);
    assert.equal(projects[0].name, settings.region);
    assert.equal(typeof projects[0].id, 'string');
    assert.equal(projects[0].enabled, true);
  });
});

describe('access keys', () => {
  it('a temporary one goes with its security token', async () => {
    const projectId = newProject();
    const credentials = signedBy(settings.temporaryKey, settings.secretKey, projectId);
    const project = new Project(credentials.withSecurityToken(settings.securityToken), projectId);
    await project.create('hello');
    const other = signedBy(settings.temporaryKey, settings.secretKey, projectId).withSecurityToken('other');
    await new Project(other, projectId).refused(401, 'APIGW.0301', 'listFunctions', {});
  });

  it('without a project, the SDK asks IAM for that of the region', async () => {
    const credentials = signedBy(settings.accessKey, settings.secretKey).withIamEndpoint(settings.endpoint);
    const client = FunctionGraphClient.newBuilder()
      .withCredential(credentials)
      .withRegion(new Region(settings.region, settings.endpoint))
      .build();
    const answer = await client.listFunctions({});
    assert.equal(answer.httpStatusCode, 200);
    assert.match(credentials.projectId, /^[0-9a-f]{32}$/);
  });
});

describe('credentials that are not good', () => {
  const refusedWith = async (credentials, projectId) => {
    const error = await new Project(credentials, projectId).refused(401, 'APIGW.0301', 'listFunctions', {});
    assert.match(error.errorMsg, /^Incorrect IAM authentication information: /);
    return error;
  };

  it('an unknown access key is named', async () => {
    const projectId = newProject();
    const error = await refusedWith(signedBy('NOBODY', settings.secretKey, projectId), projectId);
    assert.equal(error.errorMsg, 'Incorrect IAM authentication information: ak NOBODY not exist');
  });

  it('a wrong signature is answered with the canonical request', async () => {
    const projectId = newProject();
    const error = await refusedWith(signedBy(settings.accessKey, 'wrong', projectId), projectId);
    assert.ok(
      error.errorMsg.includes(`|/v2/${projectId}/fgs/functions/|`) ||
        error.errorMsg.includes(`GET|/v2/${projectId}/fgs/functions/|`),
      error.errorMsg,
    );
    assert.match(error.errorMsg, /x-sdk-date:\d{8}T\d{6}Z\|/);
    // A good one begins the count of failures anew: too many lock the key.
    await new Project(signedBy(settings.accessKey, settings.secretKey, projectId), projectId).ok(
      200,
      'ListFunctionsResponse',
      'listFunctions',
    );
  });

  it('a token that nobody has issued', async () => {
    const projectId = newProject();
    const error = await refusedWith(new TokenCredentials('MIIFnothing', projectId), projectId);
    assert.match(error.errorMsg, /decrypt token fail/);
  });

  it('a token is good for its project only', async () => {
    const other = newProject();
    const credentials = new TokenCredentials(await tokenFor(newProject()), other);
    await new Project(credentials, other).refused(403, 'APIGW.0302', 'listFunctions', {});
  });
});

describe('shapes of refusals', () => {
  const headersOf = async (projectId) => ({
    'X-Auth-Token': await tokenFor(projectId),
    'Content-Type': 'application/json',
  });

  it('the service has error_code and error_msg', async () => {
    const projectId = newProject();
    const urn = `urn:fss:${settings.region}:${projectId}:function:default:none`;
    const answer = await fetch(`${settings.endpoint}/v2/${projectId}/fgs/functions/${urn}/config`, {
      headers: await headersOf(projectId),
    });
    assert.equal(answer.status, 404);
    assert.ok(answer.headers.get('x-request-id'));
    assert.deepEqual(await answer.json(), {error_code: 'FSS.1051', error_msg: 'Not found the function'});
  });

  it('a specific text has the general one in details', async () => {
    const projectId = newProject();
    const project = new Project(new TokenCredentials(await tokenFor(projectId), projectId), projectId);
    await project.create('hello');
    const answer = await fetch(`${settings.endpoint}/v2/${projectId}/fgs/functions/${project.urn('hello')}/code`, {
      method: 'PUT',
      headers: await headersOf(projectId),
      body: JSON.stringify({code_type: 'zip', func_code: {file: Buffer.from('no zip').toString('base64')}}),
    });
    assert.equal(answer.status, 400);
    assert.deepEqual(await answer.json(), {
      error_code: 'FSS.1011',
      error_msg: 'zip: not a valid zip file',
      details: {error_msg: 'Invalid function code.'},
    });
  });

  it('the gateway has a request_id, which is that of the header', async () => {
    const projectId = newProject();
    const noCredentials = await fetch(`${settings.endpoint}/v2/${projectId}/fgs/functions`);
    assert.equal(noCredentials.status, 401);
    const unauthorized = await noCredentials.json();
    assert.deepEqual(Object.keys(unauthorized).sort(), ['error_code', 'error_msg', 'request_id']);
    assert.equal(unauthorized.error_code, 'APIGW.0301');
    assert.equal(unauthorized.request_id, noCredentials.headers.get('x-request-id'));

    const noSuchApi = await fetch(`${settings.endpoint}/v2/${projectId}/fgs/nothing`, {
      headers: await headersOf(projectId),
    });
    assert.equal(noSuchApi.status, 404);
    const unknown = await noSuchApi.json();
    assert.equal(unknown.error_code, 'APIGW.0101');
    assert.equal(unknown.request_id, noSuchApi.headers.get('x-request-id'));
  });

  it("wrong JSON and wrong types are the client's mistake", async () => {
    const projectId = newProject();
    for (const text of ['{', '[]', '{"func_name": 1}']) {
      const answer = await fetch(`${settings.endpoint}/v2/${projectId}/fgs/functions`, {
        method: 'POST',
        headers: await headersOf(projectId),
        body: text,
      });
      assert.equal(answer.status, 400);
      assert.equal((await answer.json()).error_code, 'FSS.0400');
    }
  });
});
