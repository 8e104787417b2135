import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { datetimeFromNanos, formatDatetime, parseDatetime } from './datetime.ts';
import { parseDuration } from './duration.ts';
import { textPhrases, textTokens } from './text-tokens.ts';
import { decodeUtf8 } from './utf8-text.ts';

suite('a datetime', () => {
  const instants: readonly (readonly [string, string])[] = [
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00Z'],
    ['2024-02-29T23:59:59.999Z', '2024-02-29T23:59:59.999Z'],
    ['2024-01-02T03:04:05.123456789Z', '2024-01-02T03:04:05.123456Z'],
    ['2024-01-02T03:04:05,5Z', '2024-01-02T03:04:05.5Z'],
    ['2024-01-01T00:30:00+01:30', '2023-12-31T23:00:00Z'],
    ['2023-12-31T23:30:00-01:30', '2024-01-01T01:00:00Z'],
    ['2000-12-31T12:00:00+24:00', '2000-12-30T12:00:00Z'],
    ['1969-12-31T23:59:59.999999Z', '1969-12-31T23:59:59.999999Z'],
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00Z'],
    ['0000-02-29T00:00:00Z', '0000-02-29T00:00:00Z'],
    ['1900-03-01T00:00:00Z', '1900-03-01T00:00:00Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59Z'],
  ];
  for (const [text, utc] of instants) {
    test(text, () => {
      const ms = parseDatetime(text);
      assert.equal(ms === undefined ? undefined : formatDatetime(ms), utc);
    });
  }
  test('agrees with the platform', () => {
    for (let day = -200_000; day < 200_000; day += 37) {
      const expected = new Date(day * 86_400_000 + 12_345_678).toISOString();
      assert.equal(parseDatetime(expected), day * 86_400_000 + 12_345_678);
      assert.equal(formatDatetime(day * 86_400_000 + 12_345_678), expected);
    }
  });
  const others = [
    '',
    'x',
    '2024-01-02',
    '2024-01-02T03:04:05',
    '2024-01-02 03:04:05Z',
    '2024-01-02t03:04:05z',
    '2024-01-02T03:04:05+0100',
    '2024-01-02T24:00:00Z',
    '2024-01-02T03:60:00Z',
    '2024-01-02T03:04:60Z',
    '2024-01-02T03:04:05+25:00',
    '2024-01-02T03:04:05+01:60',
    '2024-02-30T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2024-04-31T00:00:00Z',
    '2024-00-01T00:00:00Z',
    '2024-13-01T00:00:00Z',
    '2024-01-00T00:00:00Z',
    ' 2024-01-02T03:04:05Z',
  ];
  for (const text of others) test(`not ${JSON.stringify(text)}`, () => assert.equal(parseDatetime(text), undefined));
  test('from nanoseconds', () => {
    assert.equal(datetimeFromNanos('1704164645123456789'), 1_704_164_645_123.456);
    assert.equal(datetimeFromNanos('-1'), -0.001);
    assert.equal(datetimeFromNanos('-1000'), -0.001);
    assert.equal(datetimeFromNanos('0'), 0);
  });
});

suite('a duration', () => {
  const durations: readonly (readonly [string, number | string])[] = [
    ['5', 5],
    ['-5', -5],
    ['1ns', 1],
    ['1us', 1e3],
    ['1µs', 1e3],
    ['1ms', 1e6],
    ['1.5s', 1.5e9],
    ['.5m', 30e9],
    ['1h30m', 5_400e9],
    ['1d2h', 93_600e9],
    ['-1h', -3_600e9],
    ['1.s', 1e9],
    ['00:10:00', 600e9],
    ['1:2:3', 3_723e9],
    ['100:00:00', 360_000e9],
    ['1:2:3x', 3_723e9],
    ['', 'invalid duration'],
    ['x', 'invalid duration'],
    ['1h foo', 'invalid duration'],
    ['1', 1],
    ['1.5', 'invalid duration'],
    ['h', 'invalid duration'],
    ['1:2', 'invalid duration'],
    ['-1:00:00', 'invalid duration: hours must be a positive number'],
    ['0:60:00', 'invalid duration: minutes must be from 0 to 59'],
    ['0:00:60', 'invalid duration: seconds must be from 0 to 59'],
  ];
  for (const [text, expected] of durations) {
    test(JSON.stringify(text), () => {
      const duration = parseDuration(text);
      assert.equal('nanos' in duration ? duration.nanos : duration.invalid, expected);
    });
  }
});

suite('a text', () => {
  const texts: readonly (readonly [string, string])[] = [
    ['', ''],
    ['-- !', ''],
    ['Hello, big-bad World', ' hello big bad world '],
    ['Éclair ÀÉ', ' eclair ae '],
    ['x1 2y_z', ' x1 2y z '],
    ['日本 語', ' 日本 語 '],
  ];
  for (const [text, tokens] of texts) test(JSON.stringify(text), () => assert.equal(textTokens(text), tokens));
  test('phrases', () => assert.deepEqual(textPhrases(' big-bad  - World'), [' big bad ', ' world ']));
});

suite('UTF-8', () => {
  const decoder = new TextDecoder();
  for (const text of ['', 'abc', 'é', '日本', '😀', 'a\u0000b', '\uffff', '\u{10ffff}']) {
    test(JSON.stringify(text), () => assert.equal(decodeUtf8(Buffer.from(text)), text));
  }
  const malformed = [
    '80',
    'c0 80',
    'c3',
    '61 c3',
    'c3 28',
    'e2 82',
    'ed a0 80',
    'f0 80 80 80',
    'f4 90 80 80',
    'ff',
    'f8 88',
  ];
  for (const hex of malformed) {
    test(hex, () => {
      const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
      assert.match(decodeUtf8(bytes), /\ufffd/);
      assert.equal(decodeUtf8(bytes).replace(/\ufffd+/g, '?'), decoder.decode(bytes).replace(/\ufffd+/g, '?'));
    });
  }
});
