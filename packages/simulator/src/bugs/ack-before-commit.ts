import type { Store } from '@perdure/storage';
import { SimDisk, type DiskUser } from '../disk/sim-disk.ts';

/** A disk that confirms what it has not written yet, so that the server answers before its commit. */
export class EarlyDisk extends SimDisk {
  override connect(user: DiskUser): Store {
    const store = super.connect(user);
    return {
      ...store,
      commit: (batches) => {
        store.commit(batches).catch(() => undefined);
        return Promise.resolve(batches.map(() => 'committed' as const));
      },
    };
  }
}
