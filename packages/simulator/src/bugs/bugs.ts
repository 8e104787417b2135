import type { DiskFaults } from '../disk/disk-faults.ts';
import type { SimDisk, SimDiskOptions } from '../disk/sim-disk.ts';
import type { Engine } from '@perdure/server/testing';
import { acceptTwice } from './completion-accepted-twice.ts';
import { EarlyDisk } from './ack-before-commit.ts';
import { ImpatientDisk } from './removal-too-early.ts';
import { ClosedOnlyDisk } from './namespace-gone-too-early.ts';
import { HoardingDisk } from './retention-ignored.ts';
import { forgetTimes } from './schedule-acts-twice.ts';
import { ForgetfulDisk } from './timer-lost-on-reload.ts';
import { forgetAccepted } from './update-runs-twice.ts';

/** A deliberate bug: put between the server and what it stands on, to show that the checkers see it. */
export interface Bug {
  readonly makeDisk?: (options: SimDiskOptions, faults: DiskFaults) => SimDisk;
  readonly tamper?: (engine: Engine) => void;
}

/** The deliberate bugs by name. The server's own code has no switch for any of them. */
export const BUGS: Readonly<Record<string, Bug>> = {
  'ack-before-commit': { makeDisk: (options, faults) => new EarlyDisk(options, faults) },
  'timer-lost-on-reload': { makeDisk: (options, faults) => new ForgetfulDisk(options, faults) },
  'completion-accepted-twice': { tamper: acceptTwice },
  'update-runs-twice': { tamper: forgetAccepted },
  'schedule-acts-twice': { tamper: forgetTimes },
  'removal-too-early': { makeDisk: (options, faults) => new ImpatientDisk(options, faults) },
  'retention-ignored': { makeDisk: (options, faults) => new HoardingDisk(options, faults) },
  'namespace-gone-too-early': { makeDisk: (options, faults) => new ClosedOnlyDisk(options, faults) },
};
