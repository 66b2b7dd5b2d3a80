'use strict';

const assert = require('node:assert/strict');
const {before, it} = require('node:test');

const {
  body,
  codeBody,
  codeZip,
  configFields,
  createFields,
  hasFields,
  sha512,
  time,
  withBothCredentials,
} = require('./support/service');

/** What every answer about a function has in the documents' examples. */
function identity(project, name) {
  return {
    func_urn: project.urn(name, ':latest'),
    func_name: name,
    namespace: project.id,
    package: 'default',
    domain_id: /./,
    project_name: /./,
    version: 'latest',
    last_modified: time,
    image_name: /^latest-\d{12}@[a-z0-9]{5}$/,
  };
}

withBothCredentials('functions', (connect) => {
  let project;
  before(async () => {
    project = await connect();
  });

  it('create answers what was asked for, and digest and size of the archive', async () => {
    const created = await project.create('hello', {description: 'greets', user_data: '{"A":"b"}', xrole: 'agency'});
    hasFields(created, {
      ...identity(project, 'hello'),
      runtime: 'Python3.9',
      timeout: 30,
      handler: 'index.handler',
      memory_size: 256,
      cpu: 400,
      code_type: 'zip',
      code_filename: 'index.zip',
      code_size: codeZip().length,
      digest: sha512(codeZip()),
      description: 'greets',
      user_data: '{"A":"b"}',
      xrole: 'agency',
    });
    assert.equal(created.strategy_config.concurrency, -1);
  });

  it('create of inline source has the digest of the plain text', async () => {
    const source = 'def handler(event, context): return "hi"';
    const code = body('FuncCode', {file: Buffer.from(source).toString('base64')});
    const created = await project.create('inline', {code_type: 'inline', code_filename: undefined, func_code: code});
    hasFields(created, {
      code_type: 'inline',
      code_filename: 'index.py',
      code_size: source.length,
      digest: sha512(source),
    });
  });

  it('create takes every setting of the request model', async () => {
    const vpc = body('FuncVpc', {
      vpc_id: 'v',
      subnet_id: 's',
      vpc_name: 'net',
      subnet_name: 'sub',
      cidr: '10.0.0.0/24',
    });
    const mount = body('FuncMount', {mount_type: 'sfs', mount_resource: 'r', local_mount_path: '/mnt/data'});
    const settings = {
      func_vpc: vpc,
      mount_config: body('MountConfig', {
        mount_user: body('MountUser', {user_id: 1003, user_group_id: 1003}),
        func_mounts: [mount],
      }),
      initializer_handler: 'index.init',
      initializer_timeout: 3,
      pre_stop_handler: 'index.stop',
      pre_stop_timeout: 3,
      app_xrole: 'execution',
      enterprise_project_id: 'e1',
      type: 'v2',
      is_stateful_function: true,
      enable_dynamic_memory: true,
      enable_lts_log: true,
      lts_custom_tag: {team: 'media'},
      network_controller: body('NetworkControlConfig', {
        disable_public_network: true,
        trigger_access_vpcs: [body('VpcConfig', {vpc_id: 'v', vpc_name: 'net'})],
      }),
      domain_names: 'example.com',
      user_data_encrypt_kms_key_id: 'k1',
      code_encrypt_kms_key_id: 'k2',
    };
    const log = body('FuncLogConfig', {group_name: 'g', group_id: 'g1', stream_name: 's', stream_id: 's1'});
    const created = await project.create('full', {...settings, log_config: log});
    hasFields(created, JSON.parse(JSON.stringify(settings)));
    hasFields(created, {log_group_id: 'g1', log_stream_id: 's1'});
  });

  it('encrypted variables are answered with empty values', async () => {
    const created = await project.create('secret', {encrypted_user_data: '{"PASSWORD":"hunter2"}'});
    assert.deepEqual(JSON.parse(created.encrypted_user_data), {PASSWORD: ''});
  });

  it('create refuses what the documents refuse', async () => {
    const tooMany = JSON.stringify(Object.fromEntries([...Array(21).keys()].map((i) => [`K${i}`, 'v'])));
    const cases = [
      [409, 'FSS.1061', {func_name: 'hello'}],
      [400, 'FSS.1002', {func_name: '9lives'}],
      [400, 'FSS.1002', {func_name: 'a'.repeat(61)}],
      [400, 'FSS.1003', {handler: 'handler'}],
      [400, 'FSS.1005', {runtime: 'Cobol'}],
      [400, 'FSS.1006', {code_type: 'tar'}],
      [400, 'FSS.1007', {memory_size: 129}],
      [400, 'FSS.1008', {timeout: 2}],
      [400, 'FSS.1008', {timeout: 259201}],
      [400, 'FSS.1009', {user_data: '[]'}],
      [400, 'FSS.1011', {func_code: body('FuncCode', {file: Buffer.from('no zip').toString('base64')})}],
      [400, 'FSS.1012', {func_code: undefined}],
      [400, 'FSS.1017', {user_data: tooMany}],
      [400, 'FSS.1018', {user_data: JSON.stringify({A: 'x'.repeat(4096)})}],
      [400, 'FSS.1019', {description: 'd'.repeat(513)}],
      [400, 'FSS.1404', {initializer_handler: 'init', initializer_timeout: 3}],
      [400, 'FSS.1405', {initializer_handler: 'index.init', initializer_timeout: 301}],
    ];
    for (const [status, code, change] of cases) {
      const request = body('CreateFunctionRequestBody', createFields('other'));
      await project.refused(status, code, 'createFunction', {body: Object.assign(request, change)});
    }
  });

  it('list has the documented fields, filters and pages', async () => {
    const all = await project.ok(200, 'ListFunctionsResponse', 'listFunctions');
    assert.deepEqual(all.functions.map((row) => row.func_name).sort(), ['full', 'hello', 'inline', 'secret']);
    assert.equal(all.count, 4);
    const hello = all.functions.find((row) => row.func_name === 'hello');
    hasFields(hello, {
      ...identity(project, 'hello'),
      runtime: 'Python3.9',
      timeout: 30,
      handler: 'index.handler',
      memory_size: 256,
      cpu: 400,
      code_type: 'zip',
      code_filename: 'index.zip',
      code_size: codeZip().length,
      digest: sha512(codeZip()),
      description: 'greets',
    });

    const fuzzy = await project.ok(200, 'ListFunctionsResponse', 'listFunctions', {func_name: 'ell'});
    assert.deepEqual(
      fuzzy.functions.map((row) => row.func_name),
      ['hello'],
    );
    const otherApp = await project.ok(200, 'ListFunctionsResponse', 'listFunctions', {package_name: 'none'});
    assert.deepEqual(otherApp.functions, []);

    const names = [];
    let marker = '0';
    do {
      const page = await project.ok(200, 'ListFunctionsResponse', 'listFunctions', {marker, maxitems: '3'});
      assert.equal(page.count, 4);
      names.push(...page.functions.map((row) => row.func_name));
      marker = String(page.next_marker);
    } while (marker !== '0');
    assert.deepEqual(
      names,
      all.functions.map((row) => row.func_name),
    );
    await project.refused(400, 'FSS.1001', 'listFunctions', {maxitems: '-1'});
  });

  it('code is described, not returned', async () => {
    for (const qualifier of ['', ':latest']) {
      const code = await project.ok(200, 'ShowFunctionCodeResponse', 'showFunctionCode', {
        function_urn: project.urn('hello', qualifier),
      });
      hasFields(code, {
        func_urn: project.urn('hello', ':latest'),
        func_name: 'hello',
        runtime: 'Python3.9',
        code_type: 'zip',
        code_filename: 'index.zip',
        code_size: codeZip().length,
        digest: sha512(codeZip()),
        last_modified: time,
        func_code: {file: '', link: ''},
      });
    }
    await project.refused(404, 'FSS.1051', 'showFunctionCode', {function_urn: project.urn('none')});
    const missing = await project.refused(404, 'FSS.1052', 'showFunctionCode', {
      function_urn: project.urn('hello', ':v9'),
    });
    assert.equal(missing.errorMsg, 'Not found the function version');
  });

  it('code is replaced, in a new build', async () => {
    const before = await project.ok(200, 'ShowFunctionConfigResponse', 'showFunctionConfig', {
      function_urn: project.urn('hello'),
    });
    const archive = codeZip('def handler(event, context): return 2\n');
    const updated = await project.ok(200, 'UpdateFunctionCodeResponse', 'updateFunctionCode', {
      function_urn: project.urn('hello'),
      body: codeBody(archive, {code_filename: 'x.zip'}),
    });
    hasFields(updated, {
      func_urn: project.urn('hello', ':latest'),
      func_name: 'hello',
      runtime: 'Python3.9',
      code_type: 'zip',
      code_filename: 'x.zip',
      code_size: archive.length,
      digest: sha512(archive),
      last_modified: time,
    });
    const after = await project.ok(200, 'ShowFunctionConfigResponse', 'showFunctionConfig', {
      function_urn: project.urn('hello'),
    });
    assert.equal(after.digest, sha512(archive));
    assert.notEqual(after.image_name, before.image_name);
  });

  it('the same code again is a conflict, and what is no code is refused', async () => {
    const same = codeZip('def handler(event, context): return 2\n');
    const functionUrn = project.urn('hello');
    await project.refused(409, 'FSS.0409', 'updateFunctionCode', {function_urn: functionUrn, body: codeBody(same)});
    const broken = await project.refused(400, 'FSS.1011', 'updateFunctionCode', {
      function_urn: functionUrn,
      body: codeBody(Buffer.from('no zip')),
    });
    assert.equal(broken.errorMsg, 'zip: not a valid zip file');
    await project.refused(404, 'FSS.1051', 'updateFunctionCode', {
      function_urn: project.urn('none'),
      body: codeBody(same),
    });
  });

  it('a configuration is replaced, in a new build', async () => {
    const functionUrn = project.urn('hello');
    const before = await project.ok(200, 'ShowFunctionConfigResponse', 'showFunctionConfig', {
      function_urn: functionUrn,
    });
    const strategy = body('StrategyConfig', {concurrency: 5, concurrent_num: 2});
    const fields = {
      ...configFields('hello'),
      timeout: 60,
      memory_size: 512,
      user_data: '{"C":"d"}',
      strategy_config: strategy,
      ephemeral_storage: 10240,
    };
    const updated = await project.ok(200, 'UpdateFunctionConfigResponse', 'updateFunctionConfig', {
      function_urn: functionUrn,
      body: body('UpdateFunctionConfigRequestBody', fields),
    });
    hasFields(updated, {
      ...identity(project, 'hello'),
      timeout: 60,
      memory_size: 512,
      cpu: 600,
      user_data: '{"C":"d"}',
      strategy_config: {concurrency: 5, concurrent_num: 2},
      ephemeral_storage: 10240,
      digest: before.digest,
    });
    assert.notEqual(updated.image_name, before.image_name);
    assert.equal(updated.description, undefined);
    const shown = await project.ok(200, 'ShowFunctionConfigResponse', 'showFunctionConfig', {
      function_urn: functionUrn,
    });
    assert.deepEqual(shown, updated);
  });

  it('a configuration update keeps name and runtime, and needs what is required', async () => {
    const refuse = (status, code, change) => {
      const request = body('UpdateFunctionConfigRequestBody', configFields('hello'));
      return project.refused(status, code, 'updateFunctionConfig', {
        function_urn: project.urn('hello'),
        body: Object.assign(request, change),
      });
    };
    await refuse(400, 'FSS.1005', {runtime: 'Node.js18.15'});
    await refuse(400, 'FSS.1005', {runtime: undefined});
    await refuse(400, 'FSS.1002', {func_name: 'other'});
    await refuse(400, 'FSS.1003', {handler: undefined});
    await refuse(400, 'FSS.1007', {memory_size: undefined});
    await refuse(400, 'FSS.1008', {timeout: undefined});
    await refuse(400, 'FSS.1026', {strategy_config: {concurrency: 1001, concurrent_num: 1}});
    await project.refused(404, 'FSS.1051', 'updateFunctionConfig', {
      function_urn: project.urn('none'),
      body: body('UpdateFunctionConfigRequestBody', configFields('none')),
    });
    await project.refused(404, 'FSS.1051', 'showFunctionConfig', {function_urn: project.urn('none')});
  });

  it('the largest number of instances is set', async () => {
    const set = (number) => ({
      function_urn: project.urn('hello'),
      body: body('UpdateFunctionMaxInstanceConfigRequestBody', {max_instance_num: number}),
    });
    const updated = await project.ok(
      200,
      'UpdateFunctionMaxInstanceConfigResponse',
      'updateFunctionMaxInstanceConfig',
      set(7),
    );
    hasFields(updated, {...identity(project, 'hello'), strategy_config: {concurrency: 7, concurrent_num: 2}});
    await project.refused(400, 'FSS.1026', 'updateFunctionMaxInstanceConfig', set(1001));
    await project.refused(400, 'FSS.1026', 'updateFunctionMaxInstanceConfig', set(-2));
  });

  it('delete is answered without a body, and the function is gone', async () => {
    const functionUrn = project.urn('hello');
    await project.ok(204, '', 'deleteFunction', {function_urn: functionUrn});
    await project.refused(404, 'FSS.1051', 'showFunctionConfig', {function_urn: functionUrn});
    await project.refused(404, 'FSS.1051', 'deleteFunction', {function_urn: functionUrn});
    await project.create('hello');
  });
});
