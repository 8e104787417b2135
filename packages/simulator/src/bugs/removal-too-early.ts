import { DAY_MS } from '@perdure/core';
import type { Store } from '@perdure/storage';
import { SimDisk, type DiskUser } from '../disk/sim-disk.ts';

/** A store that says too early that the retention of a run is over. */
export class ImpatientDisk extends SimDisk {
  override connect(user: DiskUser): Store {
    const store = super.connect(user);
    return { ...store, scanRemovals: (shard, untilMs, limit) => store.scanRemovals(shard, untilMs + DAY_MS, limit) };
  }
}
