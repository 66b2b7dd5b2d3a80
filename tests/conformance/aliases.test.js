'use strict';

const assert = require('node:assert/strict');
const {before, it} = require('node:test');

const {body, codeZip, hasFields, sha512, time, withBothCredentials} = require('./support/service');

withBothCredentials('aliases', (connect) => {
  let project;
  let functionUrn;
  const create = (fields) => ({function_urn: functionUrn, body: body('CreateVersionAliasRequestBody', fields)});
  const strategyFor = (version) => ({
    [version]: body('VersionStrategy', {
      combine_type: 'and',
      rules: [body('VersionStrategyRules', {rule_type: 'Header', param: 'x-beta', op: '=', value: '1'})],
    }),
  });

  before(async () => {
    project = await connect();
    functionUrn = project.urn('hello');
    await project.create('hello');
    for (const version of ['v1', 'v2', 'v3']) {
      await project.change('hello', `name = "${version}"`);
      await project.publish('hello', {version});
    }
  });

  it('a new one is answered with its URN', async () => {
    const alias = await project.createAlias('hello', {name: 'prod', version: 'v1', description: 'live'});
    hasFields(alias, {
      name: 'prod',
      version: 'v1',
      description: 'live',
      last_modified: time,
      alias_urn: project.urn('hello', ':!prod'),
    });
  });

  it('it may send part of the calls to another version', async () => {
    const alias = await project.createAlias('hello', {
      name: 'canary',
      version: 'v2',
      additional_version_weights: {v3: 10},
      additional_version_strategy: strategyFor('v3'),
    });
    hasFields(alias, {
      additional_version_weights: {v3: 10},
      additional_version_strategy: JSON.parse(JSON.stringify(strategyFor('v3'))),
    });
    const shown = await project.ok(200, 'ShowVersionAliasResponse', 'showVersionAlias', {
      function_urn: functionUrn,
      alias_name: 'canary',
    });
    assert.deepEqual(shown, alias);
  });

  it('the list is bare and without strategies', async () => {
    const aliases = await project.ok(200, 'Array<ListVersionAliasResult>', 'listVersionAliases', {
      function_urn: functionUrn,
    });
    assert.deepEqual(aliases.map((alias) => alias.name).sort(), ['canary', 'prod']);
    const canary = aliases.find((alias) => alias.name === 'canary');
    assert.deepEqual(canary.additional_version_weights, {v3: 10});
    assert.equal(canary.additional_version_strategy, undefined);
    await project.refused(404, 'FSS.1051', 'listVersionAliases', {function_urn: project.urn('none')});
  });

  it('its URN, with an exclamation mark that is sent as it is, leads to its version', async () => {
    const config = await project.ok(200, 'ShowFunctionConfigResponse', 'showFunctionConfig', {
      function_urn: project.urn('hello', ':!prod'),
    });
    assert.equal(config.version, 'v1');
    const code = await project.ok(200, 'ShowFunctionCodeResponse', 'showFunctionCode', {
      function_urn: project.urn('hello', ':!prod'),
    });
    assert.equal(code.digest, sha512(codeZip('name = "v1"')));
    await project.refused(404, 'FSS.1053', 'showFunctionConfig', {function_urn: project.urn('hello', ':!none')});
  });

  it('create refuses what the documents refuse', async () => {
    const cases = [
      [400, 'FSS.1014', {name: '9', version: 'v1'}],
      [400, 'FSS.1014', {name: 'a'.repeat(65), version: 'v1'}],
      [409, 'FSS.1063', {name: 'prod', version: 'v3'}],
      [409, 'FSS.1066', {name: 'stage', version: 'v1'}],
      [404, 'FSS.1052', {name: 'stage', version: 'v9'}],
      [400, 'FSS.1091', {name: 'stage', version: 'v3', additional_version_weights: {latest: 10}}],
      [400, 'FSS.1091', {name: 'stage', version: 'v3', additional_version_weights: {v9: 10}}],
      [400, 'FSS.1091', {name: 'stage', version: 'v3', additional_version_weights: {v1: 10, v2: 10}}],
      [400, 'FSS.1092', {name: 'stage', version: 'v3', additional_version_weights: {v1: 101}}],
      [400, 'FSS.1093', {name: 'stage', version: 'v3', additional_version_weights: {v3: 10}}],
    ];
    for (const [status, code, fields] of cases)
      await project.refused(status, code, 'createVersionAlias', create(fields));
    await project.refused(404, 'FSS.1051', 'createVersionAlias', {
      ...create({name: 'stage', version: 'v1'}),
      function_urn: project.urn('none'),
    });
  });

  it('an update moves it and replaces weights and strategy', async () => {
    const updated = await project.ok(200, 'UpdateVersionAliasResponse', 'updateVersionAlias', {
      function_urn: functionUrn,
      alias_name: 'canary',
      body: body('UpdateVersionAliasRequestBody', {version: 'v3', description: 'moved'}),
    });
    hasFields(updated, {
      name: 'canary',
      version: 'v3',
      description: 'moved',
      last_modified: time,
      alias_urn: project.urn('hello', ':!canary'),
    });
    const shown = await project.ok(200, 'ShowVersionAliasResponse', 'showVersionAlias', {
      function_urn: functionUrn,
      alias_name: 'canary',
    });
    assert.equal(shown.additional_version_weights, undefined);
    assert.equal(shown.additional_version_strategy, undefined);
    await project.refused(409, 'FSS.1066', 'updateVersionAlias', {
      function_urn: functionUrn,
      alias_name: 'canary',
      body: body('UpdateVersionAliasRequestBody', {version: 'v1'}),
    });
    await project.refused(404, 'FSS.1053', 'updateVersionAlias', {
      function_urn: functionUrn,
      alias_name: 'none',
      body: body('UpdateVersionAliasRequestBody', {version: 'v2'}),
    });
  });

  it('one with triggers cannot be deleted', async () => {
    const target = project.urn('hello', ':!canary');
    const trigger = await project.ok(201, 'CreateFunctionTriggerResponse', 'createFunctionTrigger', {
      function_urn: target,
      body: body('CreateFunctionTriggerRequestBody', {
        trigger_type_code: 'TIMER',
        event_data: body('TriggerEventDataRequestBody', {name: 't', schedule_type: 'Rate', schedule: '3m'}),
      }),
    });
    await project.refused(403, 'FSS.1154', 'deleteVersionAlias', {function_urn: functionUrn, alias_name: 'canary'});
    await project.ok(204, '', 'deleteFunctionTrigger', {
      function_urn: target,
      trigger_type_code: 'TIMER',
      trigger_id: trigger.trigger_id,
    });
    await project.ok(204, '', 'deleteVersionAlias', {function_urn: functionUrn, alias_name: 'canary'});
    await project.refused(404, 'FSS.1053', 'deleteVersionAlias', {function_urn: functionUrn, alias_name: 'canary'});
    await project.refused(404, 'FSS.1053', 'showVersionAlias', {function_urn: functionUrn, alias_name: 'canary'});
  });

  it('a DELETE of the function with its suffix deletes only the alias', async () => {
    await project.ok(204, '', 'deleteFunction', {function_urn: project.urn('hello', ':!prod')});
    const versions = await project.ok(200, 'ListFunctionVersionsResponse', 'listFunctionVersions', {
      function_urn: functionUrn,
    });
    assert.equal(versions.count, 4);
    assert.deepEqual(
      await project.ok(200, 'Array<ListVersionAliasResult>', 'listVersionAliases', {function_urn: functionUrn}),
      [],
    );
  });

  it('ten are the limit, and the main version may be latest', async () => {
    await project.createAlias('hello', {name: 'newest', version: 'latest'});
    for (let number = 1; number < 10; ++number) {
      await project.change('hello', `number = ${number}`);
      await project.publish('hello', {version: `n${number}`});
      await project.createAlias('hello', {name: `alias${number}`, version: `n${number}`});
    }
    await project.refused(403, 'FSS.1043', 'createVersionAlias', create({name: 'eleventh', version: 'v1'}));
  });
});
