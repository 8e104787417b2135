import process from 'node:process';
import { getHeapStatistics } from 'node:v8';
import { trimMalloc } from './trim-malloc.ts';

const MEBIBYTE = 1024 * 1024;

/** How often it is looked whether there is nothing to do. */
const LOOK_EVERY_MS = 1_000;

/** The share of its time that an idle loop works: polls come and go, metrics are read. */
const IDLE_LOOP = 0.05;

/** What is worth a collection: heap that has come since the last one. */
const GROWTH_BYTES_MIN = 24 * MEBIBYTE;

/** What is worth a trim of `malloc`, which takes some milliseconds: memory that has come since the last one. */
const GROWTH_OUTSIDE_BYTES_MIN = 8 * MEBIBYTE;

/** A collection of more than this would be noticed by the next caller: some tenths of a second. */
const USED_BYTES_MAX = 256 * MEBIBYTE;

/**
 * Gives memory back to the system while a server has nothing to do. V8 keeps the pages that a busy time needed, mostly as
 * room for new objects, until somebody collects everything: 80 MB after some thousand workflows. Gives the function that
 * ends it.
 */
export function spareMemory(): () => void {
  let loop = performance.eventLoopUtilization();
  let heapBytes = 0;
  let residentBytes = process.memoryUsage.rss();
  const look = (): void => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, loop);
    loop = now;
    if (utilization > IDLE_LOOP) return;
    const { total_heap_size: total, used_heap_size: used } = getHeapStatistics();
    const resident = process.memoryUsage.rss();
    residentBytes = Math.min(resident, residentBytes);
    if (used <= USED_BYTES_MAX && total - heapBytes >= GROWTH_BYTES_MIN) {
      // Until the collection is done: what it leaves is known at the next look.
      heapBytes = Infinity;
      void collect().then(() => (heapBytes = getHeapStatistics().total_heap_size));
    } else if (resident - residentBytes >= GROWTH_OUTSIDE_BYTES_MIN) {
      // After the collection, which frees what objects held outside the heap.
      trimMalloc();
      residentBytes = process.memoryUsage.rss();
    }
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Collects as V8 does when memory runs out. Nothing else in Node.js asks for that without a flag. */
async function collect(): Promise<void> {
  const { Session } = await import('node:inspector/promises');
  const session = new Session();
  try {
    session.connect();
    await session.post('HeapProfiler.collectGarbage');
  } finally {
    session.disconnect();
  }
}
