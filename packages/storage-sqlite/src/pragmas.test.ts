import { StoreError } from '@perdure/storage';
import assert from 'node:assert/strict';
import test from 'node:test';
import { choosePragmas } from './pragmas.ts';

const choose = (...pragmas: readonly (readonly [string, string])[]) => choosePragmas(new Map(pragmas));

test('pragmas that tune are applied', () => {
  assert.deepEqual(choose(['cache_size', '-2000'], ['Temp_Store', 'MEMORY']), {
    statements: ['PRAGMA cache_size = -2000', 'PRAGMA temp_store = memory'],
    warnings: [],
  });
});

test('what is as safe as ours or safer is taken without a word', () => {
  const { statements, warnings } = choose(['journal_mode', 'WAL'], ['synchronous', 'EXTRA']);
  assert.deepEqual([statements, warnings], [['PRAGMA synchronous = extra'], []]);
});

test('what would weaken durability is set aside with a warning', () => {
  for (const [name, value] of [
    ['synchronous', 'OFF'],
    ['synchronous', 'normal'],
    ['synchronous', '1'],
    ['journal_mode', 'delete'],
  ] as const) {
    const { statements, warnings } = choose([name, value]);
    assert.deepEqual(statements, []);
    assert.match(warnings.join(), new RegExp(`${name}=${value} is set aside`));
  }
});

test('unknown names and malformed values are refused, with what is allowed', () => {
  assert.throws(
    () => choose(['locking_mode', 'exclusive']),
    /"locking_mode" is not allowed; allowed: journal_mode, synchronous/,
  );
  assert.throws(() => choose(['cache_size', '1; DROP TABLE run']), StoreError);
  assert.throws(() => choose(['cache_size', '']), StoreError);
});
