import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGoBoolean, parseGoDuration } from './go-text.ts';

test('durations are sums of numbers with units', () => {
  const durations = {
    '0': 0,
    '10s': 10_000,
    '1h30m': 5_400_000,
    '1.5s': 1_500,
    '.5s': 500,
    '2d': 172_800_000,
    '1d12h': 129_600_000,
    '-3ms': -3,
    '+3ms': 3,
    '1500us': 1.5,
    '1500µs': 1.5,
    '1000000ns': 1,
  };
  for (const [text, ms] of Object.entries(durations)) assert.equal(parseGoDuration(text), ms, text);
});

test('all else is no duration', () => {
  for (const text of ['', '5', 's', '5x', '1h 30m', '1:30', '5S', '--5s', '5s!', '1e3s']) {
    assert.equal(parseGoDuration(text), undefined, text);
  }
});

test('a bare number takes the unit that is said', () => {
  assert.equal(parseGoDuration('5', 's'), 5_000);
  assert.equal(parseGoDuration('0.5', 's'), 500);
  assert.equal(parseGoDuration('5m', 's'), 300_000);
  assert.equal(parseGoDuration('', 's'), undefined);
});

test('truth values', () => {
  for (const text of ['1', 't', 'T', 'true', 'True', 'TRUE']) assert.equal(parseGoBoolean(text), true);
  for (const text of ['0', 'f', 'F', 'false', 'False', 'FALSE']) assert.equal(parseGoBoolean(text), false);
  for (const text of ['', 'yes', 'no', '2', 'tRUE']) assert.equal(parseGoBoolean(text), undefined);
});
