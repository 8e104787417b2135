import { SdkLoad } from '../load/sdk-load.ts';
import type { Measurement } from './figure.ts';

const FULL = 1_000;
const LEAST = 200;
const CONCURRENCY = 64;
const TARGET_KB = 4;

/** What a closed workflow takes on the disk, indexes included: half of them with one activity, half with three. */
export const storage: Measurement = {
  name: 'storage',
  async measure(subject) {
    const half = subject.count(FULL / 2, LEAST / 2);
    const folder = subject.newFolder();
    const empty = await subject.start(folder);
    await empty.server.stop();
    const emptyBytes = empty.server.storedBytes();
    const used = await subject.withServer(async (server) => {
      const load = await SdkLoad.open(server);
      for (const activities of [1, 3]) {
        await load.run({ workflow: 'sequence', activities, count: half, concurrency: CONCURRENCY }, 0);
      }
      await load[Symbol.asyncDispose]();
      await server.stop();
      return server.storedBytes();
    });
    const value = (used - emptyBytes) / 1_024 / (2 * half);
    return [{ what: 'storage per workflow, 1 or 3 activities', unit: 'KB', value, target: TARGET_KB }];
  },
};
