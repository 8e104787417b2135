import type { Figure, Measurement } from './figure.ts';
import type { Subject } from './subject.ts';

const FULL = 1_000;
const LEAST = 200;
const FEW = 20;
const CONCURRENCY = 64;
const TARGET_KB = 4;

/** What a closed workflow takes on the disk, indexes included: half of them with one activity, half with three. */
export const storage: Measurement = {
  name: 'storage',
  async measure(subject): Promise<Figure[]> {
    const half = subject.count(FULL / 2, LEAST / 2);
    const folder = subject.newFolder();
    // What it stores for itself, and for the first of anything, does not count.
    const before = await storedAfter(subject, folder, FEW, true);
    const after = await storedAfter(subject, folder, half, false);
    const value = (after - before) / 1_024 / (2 * half);
    return [{ what: 'storage per workflow, 1 or 3 activities', unit: 'KB', value, target: TARGET_KB }];
  },
};

/** Bytes in a folder when a server on it has run workflows and has stopped. */
async function storedAfter(subject: Subject, folder: string, half: number, isNew: boolean): Promise<number> {
  const { server } = await subject.start(folder);
  try {
    if (isNew) await subject.prepare(server);
    await using load = await subject.openLoad(server);
    for (const activities of [1, 3]) {
      await load.run({ workflow: 'sequence', activities, count: half, concurrency: CONCURRENCY }, 0);
    }
  } finally {
    await server.stop();
  }
  return server.storedBytes();
}
