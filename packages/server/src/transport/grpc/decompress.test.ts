import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { Decompressor } from './decompress.ts';

const SIZE_BYTES_MAX = 4_096;

/** What is decompressed, one after the other. */
function gunzipAll(files: readonly Buffer[]): Buffer[] {
  const decompressor = new Decompressor();
  return files.map((file) => decompressor.gunzip(file, SIZE_BYTES_MAX));
}

test('a message that comes again is decompressed once more, then recognised', () => {
  const file = gzipSync('a poll');
  const [first, second, third] = gunzipAll([file, Buffer.from(file), Buffer.from(file)]);
  assert.deepEqual(third, Buffer.from('a poll'));
  assert.notEqual(first, second);
  assert.equal(second, third);
});

test('messages between do not take its place', () => {
  const file = gzipSync('a poll');
  const others = Array.from({ length: 1_000 }, (_, index) => gzipSync(`message ${index}`));
  const [, second, ...rest] = gunzipAll([file, file, ...others, file]);
  assert.equal(rest.pop(), second);
  assert.deepEqual(
    rest.map(String),
    others.map((_, index) => `message ${index}`),
  );
});

test('what only looks alike is not taken for it', () => {
  const file = gzipSync('a poll of one task queue');
  const damaged = Buffer.from(file).fill(0xff, 12, 20);
  const decompressor = new Decompressor();
  for (let time = 0; time < 3; time++) decompressor.gunzip(file, SIZE_BYTES_MAX);
  assert.throws(() => decompressor.gunzip(damaged, SIZE_BYTES_MAX));
  assert.equal(String(decompressor.gunzip(file, SIZE_BYTES_MAX)), 'a poll of one task queue');
});

test('the bound holds for what is recognised, too; files without an end are refused', () => {
  const file = gzipSync('x'.repeat(100));
  const decompressor = new Decompressor();
  for (let time = 0; time < 3; time++) assert.equal(decompressor.gunzip(file, 100).length, 100);
  assert.throws(() => decompressor.gunzip(file, 99), { code: 'ERR_BUFFER_TOO_LARGE' });
  assert.throws(() => decompressor.gunzip(file.subarray(0, 5), 100));
  assert.throws(() => decompressor.gunzip(Buffer.alloc(0), 100));
});
