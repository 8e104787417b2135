import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeDots, unescapeDots } from './dot-segments.ts';

test('whatever a segment is, an address carries it, and it comes back', () => {
  for (const segment of ['.', '..', '~.', '~~..', '~', '...', '~...', 'a.', '.a', '', 'order-1', '~order']) {
    const path = new URL(`http://h/a/${encodeURIComponent(escapeDots(segment))}/b`).pathname;
    assert.equal(unescapeDots(decodeURIComponent(path.split('/')[2] ?? '')), segment);
    assert.equal(path.split('/').length, 4, segment);
  }
});

test('what is no dot is not escaped: links of others lead where they say', () => {
  for (const segment of ['~', '...', 'a.', 'order-1']) assert.equal(escapeDots(segment), segment);
});
