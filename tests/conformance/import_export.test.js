'use strict';

const assert = require('node:assert/strict');
const {before, it} = require('node:test');

const {body, codeZip, hasFields, md5, sha512, time, withBothCredentials} = require('./support/service');
const {unzip, zip} = require('./support/zip');

/** The YAML file of a package, as the user guide describes it. */
function yaml(functionName, properties = {}) {
  const all = {
    Handler: 'index.handler',
    Runtime: 'Python3.9',
    CodeType: 'zip',
    CodeFileName: 'index.zip',
    Description: 'greets',
    MemorySize: 256,
    Timeout: 30,
    Version: 'latest',
    ...properties,
  };
  const lines = Object.entries(all)
    .map(([name, value]) => `      ${name}: ${value}\n`)
    .join('');
  return (
    `HcCrmTemplateVersion: v1\nResources:\n  ${functionName}:\n    Type: HC::Serverless::Function\n` +
    `    Properties:\n${lines}      Environment:\n        Variables:\n          A: b\n`
  );
}

function importBody(functionName, archive, fields = {}) {
  return {
    body: body('ImportFunctionRequestBody', {
      func_name: functionName,
      file_name: `${functionName}.zip`,
      file_type: 'zip',
      file_code: archive.toString('base64'),
      ...fields,
    }),
  };
}

function packageOf(functionName, files = {'index.zip': codeZip()}, properties = {}) {
  return zip({[`${functionName}.yaml`]: yaml(functionName, properties), ...files});
}

withBothCredentials('import and export', (connect) => {
  let project;
  before(async () => {
    project = await connect();
  });
  const exported = (functionName, fields) =>
    project.call('exportFunction', {function_urn: project.urn(functionName), ...fields}, project.binaryClient);

  it('import makes a function of what the YAML file says', async () => {
    const imported = await project.ok(
      200,
      'ImportFunctionResponse',
      'importFunction',
      importBody('hello', packageOf('hello')),
    );
    hasFields(imported, {
      func_urn: project.urn('hello', ':latest'),
      func_name: 'hello',
      namespace: project.id,
      domain_id: /./,
      project_name: /./,
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
      description: 'greets',
      version_description: '',
    });
    assert.equal(imported.strategy_config.concurrency, -1);
  });

  it('import only creates', async () => {
    const error = await project.refused(409, 'FSS.1061', 'importFunction', importBody('hello', packageOf('hello')));
    assert.equal(error.errorMsg, 'The function has existed');
  });

  it('import of inline source takes the plain file', async () => {
    const archive = packageOf('inline', {'index.py': 'x = 1\n'}, {CodeType: 'inline', CodeFileName: 'index.py'});
    const imported = await project.ok(200, 'ImportFunctionResponse', 'importFunction', importBody('inline', archive));
    hasFields(imported, {code_type: 'inline', code_filename: 'index.py', digest: sha512('x = 1\n'), code_size: 6});
  });

  it('import goes to the app that it names', async () => {
    const imported = await project.ok(
      200,
      'ImportFunctionResponse',
      'importFunction',
      importBody('grouped', packageOf('grouped'), {package: 'group'}),
    );
    assert.equal(imported.package, 'group');
    assert.equal(imported.func_urn, project.urn('grouped', ':latest').replace(':default:', ':group:'));
  });

  it('import refuses what the documents refuse', async () => {
    const name = 'other';
    const good = packageOf(name);
    const twoYaml = zip({'a.yaml': yaml(name), 'b.yaml': yaml(name), 'index.zip': codeZip()});
    const cases = [
      [400, 'FSS.1002', importBody('9lives', good)],
      [400, 'FSS.1013', importBody(name, good, {file_type: 'jar'})],
      [400, 'FSS.1011', importBody(name, Buffer.from('no zip'))],
      [400, 'FSS.1012', importBody(name, good, {file_code: ''})],
      [400, 'FSS.1012', importBody(name, zip({'a.yaml': yaml(name)}))],
      [400, 'FSS.1022', importBody(name, twoYaml)],
      [400, 'FSS.1025', importBody(name, codeZip())],
      [400, 'FSS.1025', importBody(name, zip({'a.yaml': 'a: [', 'index.zip': codeZip()}))],
      [404, 'FSS.1057', importBody(name, packageOf('somebody'))],
      [400, 'FSS.1058', importBody(name, good, {package: name})],
      [400, 'FSS.1003', importBody(name, packageOf(name, undefined, {Handler: 'handler'}))],
      [400, 'FSS.1005', importBody(name, packageOf(name, undefined, {Runtime: 'Cobol'}))],
      [400, 'FSS.1007', importBody(name, packageOf(name, undefined, {MemorySize: 129}))],
      [400, 'FSS.1008', importBody(name, packageOf(name, undefined, {Timeout: 2}))],
      [400, 'FSS.1006', importBody(name, packageOf(name, undefined, {CodeType: 'tar'}))],
    ];
    for (const [status, code, fields] of cases) await project.refused(status, code, 'importFunction', fields);
    await project.refused(404, 'FSS.1051', 'showFunctionConfig', {function_urn: project.urn(name)});
  });

  it('export gives an archive with one YAML file and the code, byte for byte', async () => {
    const answer = await exported('hello', {config: true, code: true});
    assert.equal(answer.httpStatusCode, 200);
    const files = unzip(answer.body);
    assert.equal(Object.keys(files).length, 2);
    assert.deepEqual(files['index.zip'], codeZip());
    const yamlName = Object.keys(files).find((name) => name.endsWith('.yaml'));
    const text = files[yamlName].toString().replaceAll('"', '');
    for (const line of [
      'HcCrmTemplateVersion: v1',
      '  hello:',
      'Type: HC::Serverless::Function',
      'Runtime: Python3.9',
      'Handler: index.handler',
      'CodeType: zip',
      'CodeFileName: index.zip',
      'MemorySize: 256',
      'Timeout: 30',
    ]) {
      assert.ok(text.includes(line), `${line}\n${text}`);
    }
  });

  it('what was exported can be imported once the name is free', async () => {
    const before = await project.ok(200, 'ShowFunctionConfigResponse', 'showFunctionConfig', {
      function_urn: project.urn('hello'),
    });
    const archive = (await exported('hello', {config: true, code: true})).body;
    await project.refused(409, 'FSS.1061', 'importFunction', importBody('hello', archive));
    await project.ok(204, '', 'deleteFunction', {function_urn: project.urn('hello')});
    const after = await project.ok(200, 'ImportFunctionResponse', 'importFunction', importBody('hello', archive));
    for (const field of [
      'digest',
      'code_size',
      'runtime',
      'handler',
      'timeout',
      'memory_size',
      'user_data',
      'description',
    ]) {
      assert.deepEqual(after[field], before[field], field);
    }
  });

  it('export of the type code is a link, named after function and MD5 of the code', async () => {
    const answer = await project.call('exportFunction', {function_urn: project.urn('hello'), type: 'code'});
    assert.match(answer.file_name, new RegExp(`^hello.*${md5(codeZip())}\\.zip$`));
    const download = await fetch(answer.code_url);
    assert.equal(download.status, 200);
    assert.deepEqual(Buffer.from(await download.arrayBuffer()), codeZip());
  });

  it('export refuses both ways at once, and a function that is not there', async () => {
    await project.refused(400, 'FSS.1001', 'exportFunction', {
      function_urn: project.urn('hello'),
      type: 'code',
      code: true,
    });
    await project.refused(404, 'FSS.1051', 'exportFunction', {function_urn: project.urn('none'), config: true});
  });
});
