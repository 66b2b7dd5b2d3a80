'use strict';
// Not packaged: see .fgsyncignore. Run with: node --test

const assert = require('node:assert');
const test = require('node:test');
const { handler } = require('../index.js');

const context = { getUserData: () => '', getLogger: () => ({ info: () => {} }) };

test('amounts are in the smallest unit', async () => {
  const answer = await handler({ amounts: [123456], currency: 'USD', locale: 'en-US' }, context);
  assert.deepStrictEqual(answer.prices, ['$1,234.56']);
});

test('an unknown currency is refused', async () => {
  assert.strictEqual((await handler({ amounts: [1], currency: 'XXX' }, context)).error, 'unknown currency');
});
