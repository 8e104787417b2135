import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pricesOf, rowsOf } from './prices-form.ts';

const row = { key: 0, model: ' small ', input: '2', output: '0.5', cached: '' };

test('rows are prices, and prices rows', () => {
  const prices = { currency: 'USD', models: [{ model: 'small', input: 2, output: 0.5, cached: undefined }] };
  assert.deepEqual(pricesOf('USD', [row]), prices);
  assert.deepEqual(rowsOf(prices), [{ ...row, model: 'small' }]);
});

test('nothing is saved that is no price', () => {
  assert.equal(pricesOf('dollars', []), undefined);
  for (const part of [{ model: '' }, { input: '' }, { output: '-1' }, { cached: 'half' }]) {
    assert.equal(pricesOf('USD', [{ ...row, ...part }]), undefined);
  }
});
