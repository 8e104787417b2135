import assert from 'node:assert/strict';
import test from 'node:test';
import { firstUuidFrom, parseUuid, uuidText } from './uuid.ts';

const FIRST = '00000000-0000-0000-0000-000000000000';
const LAST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Texts, and the first UUID that does not come before each. */
const bounds: readonly (readonly [string, string])[] = [
  ['', FIRST],
  ['a', 'a0000000-0000-0000-0000-000000000000'],
  ['0c', '0c000000-0000-0000-0000-000000000000'],
  ['0G', '0a000000-0000-0000-0000-000000000000'],
  ['0!', FIRST],
  ['0g', '10000000-0000-0000-0000-000000000000'],
  ['12345678', '12345678-0000-0000-0000-000000000000'],
  ['12345678-', '12345678-0000-0000-0000-000000000000'],
  ['12345678!', '12345678-0000-0000-0000-000000000000'],
  ['123456789', '12345679-0000-0000-0000-000000000000'],
  ['1234567f9', '12345680-0000-0000-0000-000000000000'],
  [LAST, LAST],
  [`${FIRST}a`, '00000000-0000-0000-0000-000000000001'],
];

for (const [text, first] of bounds) {
  test(`the first UUID from "${text}" is ${first}`, () => {
    assert.equal(uuidText(firstUuidFrom(text)), first);
    assert.ok(first >= text);
  });
}

test('beyond the last UUID there are bytes that come after all of them', () => {
  for (const text of ['g', 'ffffffffx', `${LAST}0`, '\u{1f44d}']) {
    assert.ok(Buffer.compare(firstUuidFrom(text), parseUuid(LAST) ?? Buffer.of()) > 0, text);
  }
});
