// What hangs on functions: asynchronous configurations, tags, reserved instances, quotas, snapshots.
'use strict';

const assert = require('node:assert/strict');
const {before, it} = require('node:test');

const {body, hasFields, time, withBothCredentials} = require('./support/service');

withBothCredentials('asynchronous configuration', (connect) => {
  let project;
  let functionUrn;
  const update = (fields) => ({
    function_urn: functionUrn,
    body: body('UpdateFunctionAsyncInvokeConfigRequestBody', fields),
  });
  before(async () => {
    project = await connect();
    functionUrn = project.urn('hello');
    await project.create('hello');
  });

  it('none is not found', async () => {
    await project.refused(404, 'FSS.0404', 'showFunctionAsyncInvokeConfig', {function_urn: functionUrn});
    await project.refused(404, 'FSS.0404', 'deleteFunctionAsyncInvokeConfig', {function_urn: functionUrn});
    await project.refused(404, 'FSS.1051', 'showFunctionAsyncInvokeConfig', {function_urn: project.urn('none')});
  });

  it('what is set is answered and shown', async () => {
    const destination = body('FuncDestinationConfig', {destination: 'SMN', param: '{"topic_urn":"urn:smn:r:p:t"}'});
    const updated = await project.ok(
      200,
      'UpdateFunctionAsyncInvokeConfigResponse',
      'updateFunctionAsyncInvokeConfig',
      update({
        max_async_event_age_in_seconds: 600,
        max_async_retry_attempts: 2,
        enable_async_status_log: true,
        destination_config: body('FuncAsyncDestinationConfig', {on_success: destination, on_failure: destination}),
      }),
    );
    const plain = {destination: 'SMN', param: '{"topic_urn":"urn:smn:r:p:t"}'};
    hasFields(updated, {
      func_urn: project.urn('hello', ':latest'),
      max_async_event_age_in_seconds: 600,
      max_async_retry_attempts: 2,
      destination_config: {on_success: plain, on_failure: plain},
      created_time: time,
      last_modified: time,
      enable_async_status_log: true,
    });
    const shown = await project.ok(200, 'ShowFunctionAsyncInvokeConfigResponse', 'showFunctionAsyncInvokeConfig', {
      function_urn: functionUrn,
    });
    assert.deepEqual(shown, updated);
  });

  it('the list has those of all versions', async () => {
    await project.publish('hello', {version: 'v1'});
    const version = project.urn('hello', ':v1');
    await project.ok(200, 'UpdateFunctionAsyncInvokeConfigResponse', 'updateFunctionAsyncInvokeConfig', {
      ...update({max_async_retry_attempts: 0}),
      function_urn: version,
    });
    const listed = await project.ok(200, 'ListFunctionAsyncInvokeConfigResponse', 'listFunctionAsyncInvokeConfig', {
      function_urn: functionUrn,
    });
    assert.equal(listed.count, 2);
    assert.deepEqual(listed.async_invoke_configs.map((config) => config.func_urn).sort(), [
      project.urn('hello', ':latest'),
      version,
    ]);
    const versions = await project.ok(200, 'ListFunctionVersionsResponse', 'listFunctionVersions', {
      function_urn: functionUrn,
    });
    assert.equal(versions.versions[0].function_async_config.max_async_event_age_in_seconds, 600);
  });

  it('numbers and destinations have their ranges', async () => {
    const operation = 'updateFunctionAsyncInvokeConfig';
    await project.refused(400, 'FSS.0400', operation, update({max_async_event_age_in_seconds: 86401}));
    await project.refused(400, 'FSS.0400', operation, update({max_async_retry_attempts: 9}));
    await project.refused(
      400,
      'FSS.0400',
      operation,
      update({
        destination_config: body('FuncAsyncDestinationConfig', {
          on_success: body('FuncDestinationConfig', {destination: 'FTP', param: '{}'}),
        }),
      }),
    );
  });

  it('it can be deleted', async () => {
    await project.ok(204, '', 'deleteFunctionAsyncInvokeConfig', {function_urn: functionUrn});
    await project.refused(404, 'FSS.0404', 'showFunctionAsyncInvokeConfig', {function_urn: functionUrn});
  });
});

withBothCredentials('tags', (connect) => {
  let project;
  let resource;
  const tags = (action, ...items) => ({
    ...resource,
    body: body('UpdateFunctionTagsRequestBody', {
      action,
      tags: items.map(([key, value]) => body('KvItem', {key, value})),
    }),
  });
  const list = () => project.ok(200, 'ListFunctionTagsResponse', 'listFunctionTags', resource);
  before(async () => {
    project = await connect();
    await project.create('hello', {enterprise_project_id: 'e1'});
    resource = {resource_type: 'functions', resource_id: project.urn('hello')};
  });

  it('are created, replaced by key and listed', async () => {
    await project.ok(204, '', 'createTags', tags('create', ['team', 'media'], ['stage', 'test']));
    await project.ok(204, '', 'createTags', tags('create', ['stage', 'live']));
    const found = await list();
    assert.deepEqual(
      found.tags.sort((a, b) => a.key.localeCompare(b.key)),
      [
        {key: 'stage', value: 'live'},
        {key: 'team', value: 'media'},
      ],
    );
    assert.deepEqual(found.sys_tags, [{key: '_sys_enterprise_project_id', value: 'e1'}]);
  });

  it('are deleted with a body', async () => {
    await project.ok(204, '', 'deleteTags', tags('delete', ['team', 'media']));
    assert.deepEqual((await list()).tags, [{key: 'stage', value: 'live'}]);
  });

  it('twenty are the limit', async () => {
    const many = [...Array(20).keys()].map((number) => [`key${number}`, 'v']);
    await assert.rejects(project.call('createTags', tags('create', ...many)), {httpStatusCode: 400});
    assert.equal((await list()).tags.length, 1);
    await project.refused(404, 'FSS.1051', 'listFunctionTags', {...resource, resource_id: project.urn('none')});
  });
});

withBothCredentials('reserved instances and quotas', (connect) => {
  let project;
  const reserve = (fields, qualifier = '') => ({
    function_urn: project.urn('hello', qualifier),
    body: body('UpdateFunctionReservedInstancesCountRequestBody', fields),
  });
  const quota = async (type) => {
    const {quotas} = await project.ok(200, 'ListQuotasResponse', 'listQuotas');
    return quotas.resources.find((resource) => resource.type === type);
  };
  before(async () => {
    project = await connect();
    await project.create('hello');
    await project.publish('hello', {version: 'v1'});
    await project.createAlias('hello', {name: 'prod', version: 'v1'});
  });

  it('an update is answered as it came', async () => {
    const tactics = body('TacticsConfig', {
      cron_configs: [
        body('CronConfig', {
          name: 'night',
          cron: '0 0 22 * * ?',
          count: 1,
          start_time: 1700000000,
          expired_time: 1800000000,
        }),
      ],
      metric_configs: [body('MetricConfig', {name: 'busy', type: 'Concurrency', threshold: 70, min: 1})],
    });
    const updated = await project.ok(
      200,
      'UpdateFunctionReservedInstancesCountResponse',
      'updateFunctionReservedInstancesCount',
      reserve({count: 2, idle_mode: true, tactics_config: tactics}),
    );
    hasFields(updated, {count: 2, idle_mode: true, tactics_config: JSON.parse(JSON.stringify(tactics))});
  });

  it('lists name version or alias', async () => {
    await project.ok(
      200,
      'UpdateFunctionReservedInstancesCountResponse',
      'updateFunctionReservedInstancesCount',
      reserve({count: 3, idle_mode: false}, ':!prod'),
    );
    const configs = await project.ok(200, 'ListReservedInstanceConfigsResponse', 'listReservedInstanceConfigs', {
      function_urn: project.urn('hello'),
    });
    assert.equal(configs.count, 2);
    assert.equal(configs.page_info.current_count, 2);
    const rows = configs.reserved_instances.map((row) => [
      row.qualifier_type,
      row.qualifier_name,
      row.min_count,
      row.idle_mode,
    ]);
    assert.deepEqual(rows.sort(), [
      ['alias', 'prod', 3, false],
      ['version', 'latest', 2, true],
    ]);
    const page = await project.ok(200, 'ListReservedInstanceConfigsResponse', 'listReservedInstanceConfigs', {
      limit: '1',
      marker: '1',
    });
    assert.equal(page.reserved_instances.length, 1);
    const counts = await project.ok(200, 'ListFunctionReservedInstancesResponse', 'listFunctionReservedInstances', {
      urn: project.urn('hello'),
    });
    assert.deepEqual(counts.reservedinstances.map((row) => row.count).sort(), [2, 3]);
  });

  it('quotas tell the limits and what is used of them', async () => {
    assert.deepEqual(await quota('fgs_func_num'), {type: 'fgs_func_num', quota: 400, used: 1});
    assert.equal((await quota('fgs_func_code_size')).unit, 'MB');
    assert.equal((await quota('fgs_func_occurs')).used, 5);
  });

  it('more than the quota is refused, and so is less than none', async () => {
    const {quota: limit} = await quota('fgs_func_occurs');
    const operation = 'updateFunctionReservedInstancesCount';
    await project.refused(400, 'FSS.1076', operation, reserve({count: limit + 1}));
    await project.refused(400, 'FSS.0400', operation, reserve({count: -1}));
    await project.refused(404, 'FSS.1052', operation, reserve({count: 1}, ':v9'));
    await project.refused(404, 'FSS.1051', operation, {...reserve({count: 1}), function_urn: project.urn('none')});
  });
});

withBothCredentials('snapshots', (connect) => {
  let project;
  before(async () => {
    project = await connect();
    await project.create('hello', {
      runtime: 'Java11',
      handler: 'com.example.Handler.run',
      code_type: 'jar',
      code_filename: 'index.jar',
    });
    await project.publish('hello', {version: 'v1'});
  });

  it('are enabled and disabled for a version', async () => {
    const target = {function_urn: project.urn('hello', ':v1')};
    const state = async () =>
      (await project.ok(200, 'ShowFuncSnapshotStateResponse', 'showFuncSnapshotState', {...target, action: 'state'}))
        .state;
    assert.equal(await state(), 'disable');
    await project.ok(200, 'UpdateFuncSnapshotResponse', 'updateFuncSnapshot', {...target, action: 'enable'});
    assert.equal(await state(), 'enable');
    await project.ok(200, 'UpdateFuncSnapshotResponse', 'updateFuncSnapshot', {...target, action: 'disable'});
    assert.equal(await state(), 'disable');
    await project.refused(404, 'FSS.1052', 'showFuncSnapshotState', {
      function_urn: project.urn('hello', ':v9'),
      action: 'state',
    });
  });
});
