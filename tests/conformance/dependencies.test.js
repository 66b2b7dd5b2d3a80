'use strict';

const assert = require('node:assert/strict');
const {before, it} = require('node:test');

const {body, codeBody, codeZip, hasFields, md5, withBothCredentials} = require('./support/service');
const {zip} = require('./support/zip');

const archive = zip({'python/six.py': 'x = 1\n'});

function create(fields = {}) {
  return {
    body: body('CreateDependencyRequestBody', {
      depend_type: 'zip',
      depend_file: archive.toString('base64'),
      name: 'six',
      runtime: 'Python3.9',
      description: 'compat',
      ...fields,
    }),
  };
}

withBothCredentials('dependencies', (connect) => {
  let project;
  let first;
  let second;
  before(async () => {
    project = await connect();
  });

  it('create is answered with ids, MD5 and size', async () => {
    first = await project.ok(200, 'CreateDependencyVersionResponse', 'createDependencyVersion', create());
    hasFields(first, {
      id: /./,
      dep_id: /./,
      owner: /./,
      link: /./,
      runtime: 'Python3.9',
      etag: md5(archive),
      size: archive.length,
      name: 'six',
      description: 'compat',
      file_name: /\.zip$/,
      version: 1,
    });
    assert.notEqual(first.id, first.dep_id);
  });

  it('the same name again is another version of it', async () => {
    second = await project.ok(200, 'CreateDependencyVersionResponse', 'createDependencyVersion', create());
    assert.equal(second.version, 2);
    assert.equal(second.dep_id, first.dep_id);
    assert.notEqual(second.id, first.id);
  });

  it('lists have them and their versions', async () => {
    const all = await project.ok(200, 'ListDependenciesResponse', 'listDependencies', {
      dependency_type: 'private',
      runtime: 'Python3.9',
      name: 'si',
    });
    assert.equal(all.count, 1);
    hasFields(all.dependencies[0], {
      id: first.dep_id,
      name: 'six',
      runtime: 'Python3.9',
      etag: md5(archive),
      size: archive.length,
    });
    const none = await project.ok(200, 'ListDependenciesResponse', 'listDependencies', {runtime: 'Java11'});
    assert.deepEqual(none.dependencies, []);
    const versions = await project.ok(200, 'ListDependencyVersionResponse', 'listDependencyVersion', {
      depend_id: first.dep_id,
    });
    assert.deepEqual(versions.dependencies.map((row) => row.version).sort(), [1, 2]);
    assert.equal(versions.count, 2);
    const page = await project.ok(200, 'ListDependencyVersionResponse', 'listDependencyVersion', {
      depend_id: first.dep_id,
      marker: '0',
      maxitems: '1',
    });
    assert.equal(page.dependencies.length, 1);
    assert.equal(page.next_marker, 1);
    const shown = await project.ok(200, 'ShowDependencyVersionResponse', 'showDependencyVersion', {
      depend_id: first.dep_id,
      version: '1',
    });
    assert.deepEqual(shown, first);
  });

  it('functions show those they use, in their order', async () => {
    const created = await project.create('hello', {depend_version_list: [second.id, first.id]});
    assert.deepEqual(created.depend_version_list, [second.id, first.id]);
    assert.deepEqual(
      created.dependencies.map((dependency) => dependency.id),
      [second.id, first.id],
    );
    await project.refused(412, 'FSS.1033', 'deleteDependencyVersion', {depend_id: first.dep_id, version: '1'});
  });

  it('an update of the code replaces the list', async () => {
    const updated = await project.ok(200, 'UpdateFunctionCodeResponse', 'updateFunctionCode', {
      function_urn: project.urn('hello'),
      body: codeBody(codeZip('x = 2'), {depend_version_list: [first.id]}),
    });
    assert.deepEqual(updated.depend_version_list, [first.id]);
    assert.deepEqual(
      updated.dependencies.map((dependency) => dependency.id),
      [first.id],
    );
    await project.ok(204, '', 'deleteDependencyVersion', {depend_id: first.dep_id, version: '2'});
  });

  it('what the documents refuse is refused', async () => {
    await project.refused(400, 'FSS.1032', 'createDependencyVersion', create({depend_type: 'tar'}));
    await project.refused(400, 'FSS.1005', 'createDependencyVersion', create({runtime: 'Cobol'}));
    await project.refused(
      400,
      'FSS.1024',
      'createDependencyVersion',
      create({depend_file: Buffer.from('no zip').toString('base64')}),
    );
    await project.refused(404, 'FSS.1056', 'showDependencyVersion', {depend_id: first.dep_id, version: '9'});
    await project.refused(404, 'FSS.1056', 'listDependencyVersion', {depend_id: 'none'});
    await project.refused(404, 'FSS.1056', 'deleteDependencyVersion', {depend_id: 'none', version: '1'});
  });
});
