import assert from 'node:assert/strict';
import { test } from 'node:test';
import { costOf, formatMoney, priceOf, type Prices } from './prices.ts';

const prices: Prices = {
  currency: 'USD',
  models: [
    { model: 'small', input: 2, output: 8, cached: 0.5 },
    { model: 'large*', input: 10, output: 40, cached: undefined },
    { model: 'large-2*', input: 20, output: 80, cached: undefined },
  ],
};

test('what the cache gave has its own price, or that of all input', () => {
  const tokens = { input: 1_000_000, cached: 600_000, output: 100_000 };
  assert.equal(costOf('small', tokens, prices), 1.9);
  assert.equal(costOf('large', tokens, prices), 14);
});

test('a model without a price, and a call without tokens, cost what nobody knows', () => {
  assert.equal(costOf('small-2026', { input: 1, cached: undefined, output: 1 }, prices), undefined);
  assert.equal(costOf('small', { input: undefined, cached: undefined, output: undefined }, prices), undefined);
});

test('the longest beginning that is named counts', () => {
  assert.equal(priceOf('large-2-2026', prices.models)?.model, 'large-2*');
  assert.equal(priceOf('large-1', prices.models)?.model, 'large*');
});

test('little money has more digits', () => {
  assert.deepEqual(
    [formatMoney(0, 'USD'), formatMoney(0.000_123, 'USD'), formatMoney(12.3, 'EUR')],
    ['$0.00', '$0.000123', '€12.30'],
  );
});
