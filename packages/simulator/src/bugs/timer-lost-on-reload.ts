import type { Store } from '@perdure/storage';
import { SimDisk, type DiskUser } from '../disk/sim-disk.ts';

/** A server that takes over from another one is not told when the runs that are not in memory want to be called. */
export class ForgetfulDisk extends SimDisk {
  #users = 0;

  override connect(user: DiskUser): Store {
    this.#users += 1;
    const store = super.connect(user);
    return this.#users === 1 ? store : { ...store, scanWakeups: () => Promise.resolve([]) };
  }
}
