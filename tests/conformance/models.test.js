// The tests of answers are worth as much as this: that what is wrong with one is found.
'use strict';

const assert = require('node:assert/strict');
const {describe, it} = require('node:test');

const {checkModel} = require('./support/models');
const {unzip, zip} = require('./support/zip');

const alias = {
  name: 'prod',
  version: 'v1',
  last_modified: '2019-10-25 15:37:27',
  alias_urn: 'urn',
  additional_version_weights: {v2: 10},
};

describe('models', () => {
  it('a good one passes', () => {
    checkModel('ListVersionAliasResult', alias);
    checkModel('CreateVersionAliasResponse', {
      additional_version_strategy: {v2: {combine_type: 'and', rules: [{op: '='}]}},
    });
  });

  it('everything that is wrong is found', () => {
    const wrong = [
      ['ListVersionAliasResult', {...alias, name: 1}, /name/],
      ['ListVersionAliasResult', {...alias, last_modified: 1571989047}, /last_modified/],
      ['ListVersionAliasResult', {...alias, additional_version_weights: {v2: '10'}}, /weights\.v2/],
      ['ListVersionAliasResult', {...alias, additional_version_weights: []}, /weights/],
      ['ListVersionAliasResult', {...alias, surprise: 1}, /surprise: no document/],
      ['ListVersionAliasResult', {...alias, alias_urn: undefined}, /alias_urn/],
      ['ListVersionAliasResult', {name: 'prod', version: 'v1', last_modified: ''}, /alias_urn: missing/],
      ['ListFunctionsResponse', {functions: {}}, /expected a list/],
      ['ListFunctionsResponse', {functions: [{}]}, /functions\[0\]\.func_urn: missing/],
      ['ListFunctionsResponse', {count: 1.5}, /no whole number/],
      ['CreateVersionAliasResponse', {additional_version_strategy: {v2: {rules: [{op: 1}]}}}, /rules\[0\]\.op/],
      ['NoSuchModel', {}, /no model/],
    ];
    for (const [name, value, message] of wrong) assert.throws(() => checkModel(name, value), message);
  });

  it('what one answer about a function has, every other may have', () => {
    checkModel('CreateFunctionVersionResponse', {func_id: 'f', last_modified_utc: 1, func_code: {}});
    assert.throws(() => checkModel('ShowFunctionConfigResponse', {last_modified_utc: 1}), /no document/);
  });
});

describe('archives', () => {
  it('come back as they were made', () => {
    const files = unzip(zip({'a.txt': 'one', 'b/c.bin': Buffer.from([0, 255, 128])}));
    assert.deepEqual(files, {'a.txt': Buffer.from('one'), 'b/c.bin': Buffer.from([0, 255, 128])});
  });
});
