import { parseArgs } from 'node:util';
import { availableParallelism } from 'node:os';
import { BUGS } from './bugs/bugs.ts';

/** What the simulator is asked to do. */
export interface CommandLine {
  /** The seeds to run, from the first to the last. */
  readonly from: number;
  readonly count: number;
  /** One seed was asked for by number: it runs alone, in this process. */
  readonly single: boolean;
  readonly shardCount: number | undefined;
  readonly steps: number;
  readonly bug: string | undefined;
  readonly verbose: boolean;
  /** Part of the names (`workflow id/run id`) of the runs whose histories are shown in the end. */
  readonly show: string | undefined;
  /** How many seeds run at a time. */
  readonly jobs: number;
}

/** How many steps a world has before everything calms down. */
const STEPS_DEFAULT = 1_000;

const SEEDS_DEFAULT = 200;

export const USAGE = `npm run sim -- [options]
  --seeds N      run N seeds (${SEEDS_DEFAULT})
  --from N       the first of them (1)
  --seed N       run this one alone
  --shards N     1 or 8; otherwise the seed decides
  --steps N      steps with faults before everything calms down (${STEPS_DEFAULT})
  --bug NAME     with a deliberate bug: ${Object.keys(BUGS).join(', ')}
  --jobs N       how many at a time (one for each core)
  --verbose      with --seed: print every step
  --show TEXT    with --seed: print the histories of the runs whose name contains it, such as w3/018bcfe5`;

const options = {
  seeds: { type: 'string' },
  from: { type: 'string' },
  seed: { type: 'string' },
  shards: { type: 'string' },
  steps: { type: 'string' },
  bug: { type: 'string' },
  jobs: { type: 'string' },
  verbose: { type: 'boolean' },
  show: { type: 'string' },
} as const;

/** Reads the words of a command line. Throws with a message for the user where they make no sense. */
export function parseCommandLine(words: readonly string[]): CommandLine {
  const { values } = parseArgs({ args: [...words], options });
  const { seed, bug } = values;
  if (bug !== undefined && !Object.hasOwn(BUGS, bug)) {
    throw new Error(`unknown bug ${bug}; known: ${Object.keys(BUGS).join(', ')}`);
  }
  const single = seed !== undefined;
  return {
    single,
    from: single ? number('seed', seed) : number('from', values.from ?? '1'),
    count: single ? 1 : number('seeds', values.seeds ?? String(SEEDS_DEFAULT)),
    shardCount: values.shards === undefined ? undefined : number('shards', values.shards),
    steps: number('steps', values.steps ?? String(STEPS_DEFAULT)),
    bug,
    verbose: values.verbose ?? false,
    show: values.show,
    jobs: number('jobs', values.jobs ?? String(availableParallelism())),
  };
}

function number(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} takes a whole number above 0, not ${text}`);
  return value;
}
