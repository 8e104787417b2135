import assert from 'node:assert/strict';
import test from 'node:test';
import { numberText, tableOf } from './table.ts';

test('columns line up, and ratios say how many times the first is better', () => {
  const table = tableOf([
    {
      name: 'Ours',
      figures: [
        { what: 'latency', unit: 'ms', value: 10, target: 12 },
        { what: 'rate', unit: 'per s', value: 200 },
        { what: 'sleepers', unit: 'count', value: 2000 },
        { what: 'only here', unit: 'KB', value: undefined },
      ],
    },
    {
      name: 'Theirs',
      figures: [
        { what: 'rate', unit: 'per s', value: 25 },
        { what: 'latency', unit: 'ms', value: 125 },
        { what: 'sleepers', unit: 'count', value: 200 },
      ],
    },
  ]);
  assert.equal(
    table,
    [
      '           unit   Ours  target  Theirs  ratio',
      'latency    ms     10.0    12.0     125  12.5x',
      'rate       per s   200            25.0  8.00x',
      'sleepers   count  2000             200',
      'only here  KB        ?',
    ].join('\n'),
  );
});

test('numbers have three digits that count', () => {
  const numbers = [0, 0.0004, 0.0316, 0.5, 1.234, 99.94, 1_234.5, undefined];
  assert.deepEqual(numbers.map(numberText), ['0', '0.000', '0.032', '0.500', '1.23', '99.9', '1235', '?']);
});
