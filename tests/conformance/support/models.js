// What the SDK declares about its models: which fields an answer may have, of which types, and which it must have. The
// SDK itself checks nothing of what it receives.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');

const folder = path.join(
  path.dirname(require.resolve('@huaweicloud/huaweicloud-sdk-functiongraph/package.json')),
  'v2',
  'model',
);
const cache = new Map();

/** {fields: Map of name to type, required: Set of names}, or undefined when there is no such model. */
function model(name) {
  if (!cache.has(name)) {
    const file = path.join(folder, `${name}.d.ts`);
    cache.set(name, fs.existsSync(file) ? parse(fs.readFileSync(file, 'utf8')) : undefined);
  }
  return cache.get(name);
}

function parse(text) {
  // Declarations and setters stand in the same order; only the setters have all types.
  const names = [...text.matchAll(/^ {4}(?:private )?'?([\w-]+)'?\?[:;]/gm)].map((found) => found[1]);
  const setters = [...text.matchAll(/^ {4}with\w+\((\w+): ([\s\S]*?)\): \w+;$/gm)];
  assert.equal(names.length, setters.length, text);
  const constructor = text.match(/constructor\(([^)]*)\)/)[1];
  const requiredParameters = new Set([...constructor.matchAll(/(\w+)\?:/g)].map((found) => found[1]));
  const fields = new Map();
  const required = new Set();
  names.forEach((name, index) => {
    const [, parameter, type] = setters[index];
    fields.set(name, type.replace(/\s+/g, ' '));
    if (requiredParameters.has(parameter)) required.add(name);
  });
  return {fields, required};
}

// Further fields that the service is known to answer.
const functionModels = [
  'CreateFunctionResponse',
  'ShowFunctionConfigResponse',
  'UpdateFunctionConfigResponse',
  'CreateFunctionVersionResponse',
  'ImportFunctionResponse',
  'UpdateFunctionMaxInstanceConfigResponse',
];
const further = {
  // The Terraform provider reads it from the list.
  ListFunctionVersionResult: new Map([['version_description', 'string']]),
  // The page of 2021 (still online in Portuguese) has both in its example.
  CreateFunctionVersionResponse: new Map([
    ['last_modified_utc', 'number'],
    ['func_code', 'FuncCode'],
  ]),
};

/** The type of a field of a model. What one answer about a function has may stand in every other. */
function typeOf(modelName, field) {
  const candidates = functionModels.includes(modelName) ? [modelName, ...functionModels] : [modelName];
  for (const candidate of candidates) {
    const type = model(candidate).fields.get(field);
    if (type) return type;
  }
  return (further[modelName] || new Map()).get(field);
}

function checkType(type, value, where) {
  const list = type.match(/^Array<(.*)>$/);
  const map = type.match(/^\{ \[key: string\]: (.*); \}$/);
  if (list) {
    assert.ok(Array.isArray(value), `${where}: expected a list, found ${JSON.stringify(value)}`);
    value.forEach((item, index) => checkType(list[1], item, `${where}[${index}]`));
  } else if (map) {
    assert.ok(isObject(value), `${where}: expected an object, found ${JSON.stringify(value)}`);
    for (const [key, item] of Object.entries(value)) checkType(map[1], item, `${where}.${key}`);
  } else if (model(type)) {
    checkModel(type, value, where);
  } else if (type === 'object') {
    assert.ok(isObject(value), `${where}: expected an object, found ${JSON.stringify(value)}`);
  } else {
    const plain = type === 'Date' || /\| string$/.test(type) ? 'string' : type;
    assert.ok(['string', 'number', 'boolean'].includes(plain), `${where}: unknown type ${type}`);
    assert.equal(typeof value, plain, `${where}: ${JSON.stringify(value)}`);
    if (plain === 'number') assert.ok(Number.isSafeInteger(value), `${where}: ${value} is no whole number`);
  }
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every field is one of the model and has its type, and none that must be there is missing. */
function checkModel(name, value, where = name) {
  assert.ok(isObject(value), `${where}: expected an object, found ${JSON.stringify(value)}`);
  assert.ok(model(name), `the SDK has no model ${name}`);
  for (const [field, item] of Object.entries(value)) {
    const type = typeOf(name, field);
    assert.ok(type, `${where}.${field}: no document has this field`);
    checkType(type, item, `${where}.${field}`);
  }
  for (const field of model(name).required) assert.ok(field in value, `${where}.${field}: missing`);
}

module.exports = {checkModel};
