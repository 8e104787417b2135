import assert from 'node:assert/strict';
import process from 'node:process';
import test from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { trimMalloc } from './trim-malloc.ts';

const MEBIBYTE = 1024 * 1024;

const { header } = process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } };
const skip = header.glibcVersionRuntime === undefined && 'only glibc has the call';

/** Leaves 100 MB free between small pieces that stay: the caller keeps them. */
function fragment(): readonly Uint8Array[] {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const all = Array.from({ length: 400_000 }, () => new Uint8Array(256));
  const staying = all.filter((_, index) => index % 100 === 0);
  all.length = 0;
  collect();
  // What the first one has found is freed beside the loop, and waited for by the second.
  collect();
  return staying;
}

test('memory that malloc keeps free between pieces in use goes back to the system', { skip }, () => {
  const staying = fragment();
  const before = process.memoryUsage.rss();
  trimMalloc();
  assert.ok(before - process.memoryUsage.rss() > 20 * MEBIBYTE);
  assert.ok(staying.every((piece) => piece.every((byte) => byte === 0)));
});
