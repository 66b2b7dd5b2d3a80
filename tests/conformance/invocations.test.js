'use strict';

const assert = require('node:assert/strict');
const {before, it} = require('node:test');

const {DefaultHttpClient} = require('@huaweicloud/huaweicloud-sdk-core/http/DefaultHttpClient');
const {body, configFields, withBothCredentials} = require('./support/service');

withBothCredentials('invocations', (connect) => {
  let project;
  let functionUrn;
  before(async () => {
    project = await connect();
    functionUrn = project.urn('hello');
    await project.create('hello');
    await project.publish('hello', {version: 'v1'});
    await project.createAlias('hello', {name: 'prod', version: 'v1'});
  });

  it('v1 answers an object with the result, the log and the status', async () => {
    const answer = await project.ok(200, 'InvokeFunctionResponse', 'invokeFunction', {
      function_urn: functionUrn,
      xCffLogType: 'tail',
      xCFFRequestVersion: 'v1',
      xCffInstanceMemory: '512',
      body: {name: 'world'},
    });
    assert.equal(answer.status, 200);
    assert.equal(typeof answer.result, 'string');
    assert.ok(answer.log.includes(answer.request_id));
    assert.equal(DefaultHttpClient.httpResponse.headers['x-cff-request-id'], answer.request_id);
  });

  it('v0 answers the result as it is', async () => {
    const answer = await project.call('invokeFunction', {function_urn: functionUrn, body: {name: 'world'}});
    assert.equal(answer.httpStatusCode, 200);
    const {headers} = DefaultHttpClient.httpResponse;
    assert.ok(headers['x-cff-request-id']);
    assert.ok(headers['x-request-id']);
  });

  it('versions and aliases can be called', async () => {
    for (const qualifier of [':latest', ':v1', ':!prod']) {
      await project.ok(200, 'InvokeFunctionResponse', 'invokeFunction', {
        function_urn: project.urn('hello', qualifier),
        xCFFRequestVersion: 'v1',
        body: {},
      });
    }
    await project.refused(404, 'FSS.1051', 'invokeFunction', {function_urn: project.urn('none'), body: {}});
    await project.refused(404, 'FSS.1052', 'invokeFunction', {function_urn: project.urn('hello', ':v9'), body: {}});
    await project.refused(404, 'FSS.1053', 'invokeFunction', {function_urn: project.urn('hello', ':!none'), body: {}});
  });

  it('an asynchronous call is accepted with 202 and an id', async () => {
    const answer = await project.ok(202, 'AsyncInvokeFunctionResponse', 'asyncInvokeFunction', {
      function_urn: functionUrn,
      body: {a: 1},
    });
    assert.ok(answer.request_id);
    await project.refused(404, 'FSS.1051', 'asyncInvokeFunction', {function_urn: project.urn('none'), body: {}});
  });

  it('events have their limits', async () => {
    await project.refused(413, 'FSS.1201', 'asyncInvokeFunction', {
      function_urn: functionUrn,
      body: {a: 'x'.repeat(256 * 1024)},
    });
    await project.refused(413, 'FSS.1201', 'invokeFunction', {
      function_urn: functionUrn,
      body: {a: 'x'.repeat(6 * 1024 * 1024)},
    });
  });

  it('a disabled function does not answer', async () => {
    await project.ok(200, 'UpdateFunctionConfigResponse', 'updateFunctionConfig', {
      function_urn: functionUrn,
      body: body('UpdateFunctionConfigRequestBody', {
        ...configFields('hello'),
        strategy_config: body('StrategyConfig', {concurrency: 0, concurrent_num: 1}),
      }),
    });
    await assert.rejects(project.call('invokeFunction', {function_urn: functionUrn, body: {}}), {httpStatusCode: 403});
  });
});
