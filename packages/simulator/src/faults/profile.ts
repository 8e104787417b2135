import type { DiskFaults } from '../disk/disk-faults.ts';
import { NO_DISK_FAULTS } from '../disk/disk-faults.ts';
import type { Random } from '../kernel/random.ts';
import { NO_NETWORK_FAULTS, type NetworkFaults } from '../network/network-faults.ts';
import { GOOD_HABITS, type WorkerHabits } from '../workload/worker-habits.ts';

/** What goes wrong in one run of the simulator. */
export interface FaultProfile {
  /** Nothing goes wrong at all, so that everything has to happen in time. */
  readonly none: boolean;
  readonly disk: DiskFaults;
  readonly network: NetworkFaults;
  readonly habits: WorkerHabits;
  /** Mean time between crashes that come from nowhere, in virtual milliseconds; 0: none. */
  readonly crashEveryMs: number;
  /** The wall clock is set back or forward now and then. */
  readonly clockJumps: boolean;
}

export const NO_FAULTS: FaultProfile = {
  none: true,
  disk: NO_DISK_FAULTS,
  network: NO_NETWORK_FAULTS,
  habits: GOOD_HABITS,
  crashEveryMs: 0,
  clockJumps: false,
};

/** Some seeds have no faults at all, some of one kind, most of every kind. */
export function makeProfile(random: Random): FaultProfile {
  const kind = random.weighted({ none: 1, disk: 2, network: 2, workers: 1, crashes: 2, all: 6 });
  const has = (...kinds: readonly (typeof kind)[]): boolean => kind === 'all' || kinds.includes(kind);
  return {
    none: kind === 'none',
    disk: has('disk', 'crashes') ? makeDiskFaults(random, has('disk'), has('crashes')) : NO_DISK_FAULTS,
    network: has('network') ? makeNetworkFaults(random) : NO_NETWORK_FAULTS,
    habits: has('workers') ? makeHabits(random) : { ...GOOD_HABITS, thinkMaxMs: random.int(1, 100) },
    crashEveryMs: has('crashes') && random.chance(0.6) ? random.int(1_500, 15_000) : 0,
    clockJumps: kind === 'all' && random.chance(0.2),
  };
}

/** A probability that is mostly small and sometimes nothing. */
function rate(random: Random, max: number): number {
  return random.chance(0.3) ? 0 : (max * random.int(1, 100)) / 100;
}

function makeDiskFaults(random: Random, errors: boolean, crashes: boolean): DiskFaults {
  return {
    commitFails: errors ? rate(random, 0.03) : 0,
    commitUnknown: errors ? rate(random, 0.04) : 0,
    shardStolen: errors ? rate(random, 0.02) : 0,
    crashAtCommit: crashes ? rate(random, 0.02) : 0,
    readFails: errors ? rate(random, 0.01) : 0,
    fills: errors ? rate(random, 0.01) : 0,
    slow: random.int(0, 100) / 100,
    verySlow: errors ? rate(random, 0.03) : 0,
  };
}

function makeNetworkFaults(random: Random): NetworkFaults {
  return {
    lostRequest: rate(random, 0.05),
    lostReply: rate(random, 0.08),
    doubled: rate(random, 0.08),
    slow: rate(random, 0.04),
    delayMaxMs: random.pick([1, 5, 50]),
    pollsBreakAtCommit: rate(random, 0.08),
  };
}

function makeHabits(random: Random): WorkerHabits {
  return {
    thinkMaxMs: random.pick([2, 20, 200]),
    stalls: rate(random, 0.03),
    dies: rate(random, 0.02),
    failsTask: rate(random, 0.03),
    answersTwice: rate(random, 0.15),
    forgets: rate(random, 0.04),
    evicts: rate(random, 0.15),
    ignoresUpdates: rate(random, 0.05),
    forcesTask: rate(random, 0.2),
  };
}
