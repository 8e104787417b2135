import type { DiskFaults } from '../disk/disk-faults.ts';
import type { SimDisk, SimDiskOptions } from '../disk/sim-disk.ts';
import type { Engine } from '../server-parts.ts';

/** A deliberate bug: put between the server and what it stands on, to show that the checkers see it. */
export interface Bug {
  readonly wrapDisk?: (options: SimDiskOptions, faults: DiskFaults) => SimDisk;
  readonly wrapEngine?: (engine: Engine) => Engine;
}
