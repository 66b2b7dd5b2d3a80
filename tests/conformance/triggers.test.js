'use strict';

const assert = require('node:assert/strict');
const {before, it} = require('node:test');

const {body, hasFields, time, withBothCredentials} = require('./support/service');

function eventData(fields) {
  return body('TriggerEventDataRequestBody', fields);
}

function timer(name, fields = {}) {
  return body('CreateFunctionTriggerRequestBody', {
    trigger_type_code: 'TIMER',
    event_data: eventData({name, schedule_type: 'Rate', schedule: '3m'}),
    ...fields,
  });
}

withBothCredentials('triggers', (connect) => {
  let project;
  let functionUrn;
  const one = (trigger, urn = functionUrn) => ({
    function_urn: urn,
    trigger_type_code: trigger.trigger_type_code,
    trigger_id: trigger.trigger_id,
  });
  const create = (requestBody, urn = functionUrn) =>
    project.ok(201, 'CreateFunctionTriggerResponse', 'createFunctionTrigger', {function_urn: urn, body: requestBody});
  const list = (urn = functionUrn) =>
    project.ok(200, 'Array<ListFunctionTriggerResult>', 'listFunctionTriggers', {function_urn: urn});

  before(async () => {
    project = await connect();
    functionUrn = project.urn('hello');
    await project.create('hello');
    await project.publish('hello', {version: 'v1'});
    await project.createAlias('hello', {name: 'prod', version: 'v1'});
  });

  it('create is answered with 201, list is bare', async () => {
    const created = await create(timer('every-3m', {trigger_status: 'ACTIVE', event_type_code: 'MessageCreated'}));
    hasFields(created, {
      trigger_id: /./,
      trigger_type_code: 'TIMER',
      trigger_status: 'ACTIVE',
      created_time: time,
      last_updated_time: time,
      event_data: {name: 'every-3m', schedule_type: 'Rate', schedule: '3m'},
    });
    assert.deepEqual(await list(), [created]);
    assert.deepEqual(
      await project.ok(200, 'ShowFunctionTriggerResponse', 'showFunctionTrigger', one(created)),
      created,
    );
  });

  it('each of the common types is taken with its event data', async () => {
    const types = {
      OBS: {bucket: 'b', events: ['s3:ObjectCreated:*'], prefix: 'in/', suffix: '.jpg'},
      SMN: {topic_urn: 'urn:smn:r:p:t'},
      DIS: {
        stream_name: 's',
        sharditerator_type: 'TRIM_HORIZON',
        polling_interval: 10,
        polling_unit: 's',
        batch_size: 100,
      },
      LTS: {log_group_id: 'g', log_topic_id: 't'},
      KAFKA: {instance_id: 'k', topic_ids: ['t'], kafka_user: 'u', kafka_password: 'p', batch_size: 100},
      DDS: {instance_id: 'i', db_name: 'd', collection_name: 'c', db_password: 'p', batch_size: 50},
    };
    const made = [];
    for (const [type, fields] of Object.entries(types)) {
      const created = await create(
        body('CreateFunctionTriggerRequestBody', {trigger_type_code: type, event_data: eventData(fields)}),
      );
      assert.equal(created.trigger_type_code, type);
      made.push(created);
    }
    for (const trigger of made) await project.ok(204, '', 'deleteFunctionTrigger', one(trigger));
  });

  it('an update changes status and event data', async () => {
    const kafka = await create(
      body('CreateFunctionTriggerRequestBody', {
        trigger_type_code: 'KAFKA',
        event_data: eventData({instance_id: 'k2', topic_ids: ['t'], batch_size: 100}),
      }),
    );
    const updated = await project.ok(200, 'UpdateTriggerResponse', 'updateTrigger', {
      ...one(kafka),
      body: body('UpdateTriggerRequestBody', {
        trigger_status: 'ACTIVE',
        event_data: [body('UpdateriggerEventData', {polling_interval: 30, polling_unit: 's'})],
      }),
    });
    hasFields(updated, {trigger_id: kafka.trigger_id, trigger_status: 'ACTIVE', created_time: kafka.created_time});
    hasFields(updated.event_data, {instance_id: 'k2', polling_interval: 30, polling_unit: 's'});
    const timers = await list();
    const [first] = timers.filter((trigger) => trigger.trigger_type_code === 'TIMER');
    const disabled = await project.ok(200, 'UpdateTriggerResponse', 'updateTrigger', {
      ...one(first),
      body: body('UpdateTriggerRequestBody', {trigger_status: 'DISABLED'}),
    });
    assert.equal(disabled.trigger_status, 'DISABLED');
    await project.ok(204, '', 'deleteFunctionTrigger', one(kafka));
  });

  it('versions and aliases have their own', async () => {
    const alias = project.urn('hello', ':!prod');
    const created = await create(timer('for-prod'), alias);
    assert.deepEqual(await list(alias), [created]);
    assert.deepEqual(await list(project.urn('hello', ':v1')), []);
    assert.equal((await list()).length, 1);
    await project.refused(404, 'FSS.1131', 'showFunctionTrigger', one(created, project.urn('hello', ':v1')));
  });

  it('what the documents refuse is refused', async () => {
    const refuse = (status, code, fields) =>
      project.refused(status, code, 'createFunctionTrigger', {
        function_urn: functionUrn,
        body: body('CreateFunctionTriggerRequestBody', fields),
      });
    await refuse(400, 'FSS.1101', {trigger_type_code: 'CRON', event_data: eventData({})});
    await refuse(400, 'FSS.1109', {
      trigger_type_code: 'TIMER',
      event_data: eventData({name: 't', schedule_type: 'Rate', schedule: '61m'}),
    });
    await refuse(400, 'FSS.1102', {trigger_type_code: 'SMN', event_data: eventData({})});
    await refuse(400, 'FSS.1106', {trigger_type_code: 'OBS', event_data: eventData({})});
    await project.refused(409, 'FSS.1148', 'createFunctionTrigger', {
      function_urn: functionUrn,
      body: timer('every-3m'),
    });
    await project.refused(404, 'FSS.1051', 'createFunctionTrigger', {
      function_urn: project.urn('none'),
      body: timer('t'),
    });
    await project.refused(404, 'FSS.1051', 'listFunctionTriggers', {function_urn: project.urn('none')});
    const missing = {function_urn: functionUrn, trigger_type_code: 'TIMER', trigger_id: 'none'};
    await project.refused(404, 'FSS.1131', 'showFunctionTrigger', missing);
    await project.refused(404, 'FSS.1131', 'deleteFunctionTrigger', missing);
    await project.refused(404, 'FSS.1131', 'updateTrigger', {
      ...missing,
      body: body('UpdateTriggerRequestBody', {trigger_status: 'ACTIVE'}),
    });
  });

  it('ten are the limit', async () => {
    const others = 10 - (await list()).length;
    for (let number = 0; number < others; ++number) await create(timer(`t${number}`));
    await project.refused(400, 'FSS.1306', 'createFunctionTrigger', {
      function_urn: functionUrn,
      body: timer('eleventh'),
    });
  });

  it('a URN with a suffix limits what is deleted together', async () => {
    await project.ok(204, '', 'batchDeleteFunctionTriggers', {function_urn: project.urn('hello', ':!prod')});
    assert.deepEqual(await list(project.urn('hello', ':!prod')), []);
    assert.equal((await list()).length, 10);
    await project.ok(204, '', 'batchDeleteFunctionTriggers', {function_urn: functionUrn});
    assert.deepEqual(await list(), []);
  });
});
