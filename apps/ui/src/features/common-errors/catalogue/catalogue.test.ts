import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { findErrors, topics } from './index.ts';

const errors = topics.flatMap((topic) => topic.errors);

test('each entry has an address of its own and says how it shows, why, and what to do', () => {
  assert.ok(errors.length >= 30, String(errors.length));
  assert.equal(new Set(errors.map(({ id }) => id)).size, errors.length);
  for (const { id, title, seen, why, advice } of errors) {
    assert.match(id, /^[a-z]+(-[a-z]+)*$/);
    for (const text of [title, why, ...seen, ...advice]) {
      assert.ok(text.length > 15, `${id}: ${text}`);
      assert.equal(text.split('`').length % 2, 1, `${id}: a code that does not end in ${text}`);
    }
    assert.ok(seen.length > 0 && advice.length > 0, id);
  }
});

test('what a workflow page recognises has an entry', () => {
  const ids = new Set(errors.map(({ id }) => id));
  for (const file of ['common-errors.ts', 'history/situation.ts']) {
    const text = readFileSync(new URL(`../../../lib/${file}`, import.meta.url), 'utf8');
    const named = [...text.matchAll(/'([a-z]+(?:-[a-z]+)+)'/g)].map(([, id = '']) => id);
    assert.ok(named.length > 4, file);
    for (const id of named) assert.ok(ids.has(id), `${file} names ${id}`);
  }
});

test('entries are found by the words of a message', () => {
  const found = (find: string) => findErrors(find).flatMap((topic) => topic.errors.map(({ id }) => id));
  assert.deepEqual(found('NonDeterministicError TMPRL1100'), ['non-determinism']);
  assert.deepEqual(found('workflow history count exceeds limit'), ['history-too-large']);
  assert.equal(found('').length, errors.length);
  assert.deepEqual(found('no such words at all'), []);
});
