'use strict';

const assert = require('node:assert/strict');
const {before, it} = require('node:test');

const {
  body,
  codeZip,
  codeBody,
  configFields,
  hasFields,
  sha512,
  time,
  withBothCredentials,
} = require('./support/service');

withBothCredentials('versions', (connect) => {
  let project;
  let functionUrn;
  const list = (fields = {}) =>
    project.ok(200, 'ListFunctionVersionsResponse', 'listFunctionVersions', {function_urn: functionUrn, ...fields});
  const publish = (fields) => ({function_urn: functionUrn, body: body('CreateFunctionVersionRequestBody', fields)});

  before(async () => {
    project = await connect();
    functionUrn = project.urn('hello');
    await project.create('hello', {user_data: '{"A":"b"}'});
  });

  it('a new function has only latest, which comes first', async () => {
    const found = await list();
    assert.equal(found.count, 1);
    assert.equal(typeof found.next_marker, 'number');
    hasFields(found.versions[0], {
      func_urn: project.urn('hello', ':latest'),
      func_name: 'hello',
      namespace: project.id,
      package: 'default',
      runtime: 'Python3.9',
      timeout: 30,
      handler: 'index.handler',
      memory_size: 256,
      cpu: 400,
      code_type: 'zip',
      code_filename: 'index.zip',
      code_size: codeZip().length,
      digest: sha512(codeZip()),
      version: 'latest',
      image_name: /^latest-\d{12}@/,
      last_modified: time,
      user_data: '{"A":"b"}',
      strategy_config: {concurrency: -1, concurrent_num: 1},
    });
  });

  it('publish answers the new version with 200, not 201', async () => {
    const version = await project.publish('hello', {version: 'v1', description: 'first'});
    hasFields(version, {
      func_urn: project.urn('hello', ':v1'),
      func_name: 'hello',
      namespace: project.id,
      package: 'default',
      runtime: 'Python3.9',
      timeout: 30,
      handler: 'index.handler',
      memory_size: 256,
      cpu: 400,
      code_type: 'zip',
      code_size: codeZip().length,
      digest: sha512(codeZip()),
      version: 'v1',
      version_description: 'first',
      image_name: /^v1-\d{12}@/,
      last_modified: time,
      user_data: '{"A":"b"}',
    });
  });

  it('publish needs a change, and a name that is free', async () => {
    await project.refused(400, 'FSS.1016', 'createFunctionVersion', publish({version: 'v2'}));
    await project.refused(409, 'FSS.1062', 'createFunctionVersion', publish({version: 'v1'}));
    await project.change('hello', 'x = 2');
    await project.refused(409, 'FSS.1062', 'createFunctionVersion', publish({version: 'v1'}));
  });

  it('publish keeps the rule for names and descriptions', async () => {
    for (const version of ['-v', 'v.', 'v 1', 'v'.repeat(43), 'latest']) {
      await project.refused(400, 'FSS.1015', 'createFunctionVersion', publish({version}));
    }
    await project.refused(400, 'FSS.1019', 'createFunctionVersion', publish({description: 'd'.repeat(513)}));
    await project.refused(404, 'FSS.1051', 'createFunctionVersion', {
      ...publish({}),
      function_urn: project.urn('none'),
    });
  });

  it('without a name a version is named by the time', async () => {
    const version = await project.publish('hello');
    assert.match(version.version, /^v\d{8}-\d{6}$/);
    assert.equal(version.digest, sha512(codeZip('x = 2')));
    await project.ok(204, '', 'deleteFunction', {function_urn: project.urn('hello', ':' + version.version)});
  });

  it('a digest is taken', async () => {
    await project.change('hello', 'x = 3');
    const version = await project.publish('hello', {version: '1.0-a_b', digest: sha512(codeZip('x = 3'))});
    assert.equal(version.version, '1.0-a_b');
  });

  it('a version stays as it was published', async () => {
    await project.change('hello', 'x = 4');
    const config = await project.ok(200, 'ShowFunctionConfigResponse', 'showFunctionConfig', {
      function_urn: project.urn('hello', ':v1'),
    });
    hasFields(config, {version: 'v1', func_urn: project.urn('hello', ':v1'), digest: sha512(codeZip()), timeout: 30});
    const code = await project.ok(200, 'ShowFunctionCodeResponse', 'showFunctionCode', {
      function_urn: project.urn('hello', ':v1'),
    });
    assert.equal(code.digest, sha512(codeZip()));
    await project.refused(400, 'FSS.1015', 'updateFunctionCode', {
      function_urn: project.urn('hello', ':v1'),
      body: codeBody(codeZip('x = 5')),
    });
    await project.refused(400, 'FSS.1015', 'updateFunctionConfig', {
      function_urn: project.urn('hello', ':v1'),
      body: body('UpdateFunctionConfigRequestBody', configFields('hello')),
    });
  });

  it('the list has every version once, also in pages', async () => {
    const whole = await list();
    assert.deepEqual(
      whole.versions.map((row) => row.version),
      ['latest', 'v1', '1.0-a_b'],
    );
    assert.deepEqual(
      whole.versions.map((row) => row.func_urn),
      [':latest', ':v1', ':1.0-a_b'].map((qualifier) => project.urn('hello', qualifier)),
    );
    assert.equal(whole.versions[1].version_description, 'first');
    assert.equal(whole.count, 3);
    const names = [];
    let marker = '0';
    do {
      const page = await list({marker, maxitems: '2'});
      names.push(...page.versions.map((row) => row.version));
      marker = String(page.next_marker);
    } while (marker !== '0');
    assert.deepEqual(names, ['latest', 'v1', '1.0-a_b']);
    await project.refused(404, 'FSS.1051', 'listFunctionVersions', {function_urn: project.urn('none')});
  });

  it('twenty versions with latest are the limit', async () => {
    for (let number = 4; number <= 20; ++number) {
      await project.publish('hello', {version: `n${number}`});
      await project.change('hello', `n = ${number}`);
    }
    assert.equal((await list()).count, 20);
    await assert.rejects(project.call('createFunctionVersion', publish({version: 'n21'})), {httpStatusCode: 403});
  });

  it('deleting a version deletes its alias, and nothing else', async () => {
    await project.createAlias('hello', {name: 'prod', version: 'v1'});
    await project.ok(204, '', 'deleteFunction', {function_urn: project.urn('hello', ':v1')});
    await project.refused(404, 'FSS.1052', 'showFunctionConfig', {function_urn: project.urn('hello', ':v1')});
    await project.refused(404, 'FSS.1053', 'showVersionAlias', {function_urn: functionUrn, alias_name: 'prod'});
    assert.equal((await list()).count, 19);
    await project.refused(404, 'FSS.1052', 'deleteFunction', {function_urn: project.urn('hello', ':v1')});
  });

  it('a version that is an additional one cannot be deleted, and latest neither', async () => {
    await project.createAlias('hello', {name: 'canary', version: 'n4', additional_version_weights: {n5: 10}});
    await project.refused(403, 'FSS.1094', 'deleteFunction', {function_urn: project.urn('hello', ':n5')});
    await assert.rejects(project.call('deleteFunction', {function_urn: project.urn('hello', ':latest')}), {
      httpStatusCode: 400,
    });
    assert.equal((await list()).count, 19);
  });

  it('a deleted version does not stand in the way of publishing the same again', async () => {
    await project.create('again');
    await project.publish('again', {version: 'v1'});
    await project.ok(204, '', 'deleteFunction', {function_urn: project.urn('again', ':v1')});
    await project.publish('again', {version: 'v1'});
  });
});
