import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { spareMemory } from './spare-memory.ts';

const MEBIBYTE = 1024 * 1024;

function heapBytes(): number {
  return getHeapStatistics().total_heap_size;
}

/** Makes objects that live for a while, as requests do, until the heap has grown by so much. */
function growHeap(bytes: number): void {
  const before = heapBytes();
  let alive: object[] = [];
  while (heapBytes() < before + bytes) {
    alive = alive.length > 300_000 ? [] : alive;
    alive.push({ index: alive.length });
  }
}

test('an idle process gives back what a busy time left', { timeout: 60_000 }, async () => {
  growHeap(48 * MEBIBYTE);
  const busy = heapBytes();
  const stop = spareMemory();
  // Nothing tells of a collection.
  while (heapBytes() > busy - 24 * MEBIBYTE) await delay(50);
  stop();
  assert.ok(heapBytes() < busy);
});
