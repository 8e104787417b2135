import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { batch } from './measure/batch.ts';
import { fanOut } from './measure/fan-out.ts';
import type { Measurement } from './measure/figure.ts';
import { lists } from './measure/lists.ts';
import { messages } from './measure/messages.ts';
import { retention } from './measure/retention.ts';
import { schedules } from './measure/schedules.ts';
import { sleepers } from './measure/sleepers.ts';
import { startUp } from './measure/start-up.ts';
import { storage } from './measure/storage.ts';
import { workflows } from './measure/workflows.ts';
import { dbos } from './peers/dbos.ts';
import type { Peer } from './peers/peer.ts';
import { perdure } from './peers/perdure.ts';
import { restate } from './peers/restate.ts';
import { temporalDevServer } from './peers/temporal-dev-server.ts';
import { temporalServer } from './peers/temporal-server.ts';

/** What a run measures. */
export interface BenchOptions {
  readonly measurements: readonly Measurement[];
  readonly peers: readonly Peer[];
  /** The part of the full counts that is run. */
  readonly share: number;
}

const QUICK_SHARE = 0.1;

const IDLE_SCHEDULES = 100_000;
const LISTED = 1_000_000;
const BATCHED = 100_000;

/** Outside of the repository: what is installed here is none of its dependencies. */
const DEFAULT_PACKAGES = join(homedir(), '.cache', 'perdure-bench');

const HELP = `npm run bench -- [flags]
  --only NAMES    some of: start, workflows, messages, storage, fan-out, sleepers, schedules,
                  lists, retention, batch (separated by commas)
  --quick         a tenth of the work: for a look, not for a comparison
  --sleepers N    how many workflows sleep (default 20000; 1000000 takes a while)
  --retained N    how many workflows are over at once (default 200000; 1000000 takes a while)
  --store DIR     measure lists in the store of this folder, and keep it; it is filled if there is none
  --alone         no peers, even where they are installed
  --peers DIR     where npm has installed peers (default ${DEFAULT_PACKAGES}); see README.md
  --cpu-prof DIR  write a CPU profile of our server for each of its starts`;

/** Reads the command line; text to print where there is nothing to run. */
export function readOptions(args: readonly string[]): BenchOptions | string {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      sleepers: { type: 'string', default: '20000' },
      retained: { type: 'string', default: '200000' },
      store: { type: 'string' },
      peers: { type: 'string', default: DEFAULT_PACKAGES },
      alone: { type: 'boolean', default: false },
      'cpu-prof': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const counts = { sleepers: Number(values.sleepers), retained: Number(values.retained) };
  const all = [
    startUp,
    workflows,
    messages,
    storage,
    fanOut,
    sleepers(counts.sleepers),
    schedules(IDLE_SCHEDULES),
    lists(LISTED, values.store && resolve(values.store)),
    retention(counts.retained),
    batch(BATCHED),
  ];
  const names = values.only?.split(',') ?? all.map(({ name }) => name);
  const known = names.every((wanted) => all.some(({ name }) => name === wanted));
  if (values.help || !known || !Object.values(counts).every((count) => Number.isInteger(count) && count > 0)) {
    return HELP;
  }
  const folder = values['cpu-prof'];
  const ours = perdure(folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`]);
  const packages = resolve(values.peers);
  return {
    measurements: all.filter(({ name }) => names.includes(name)),
    peers: values.alone ? [ours] : [ours, temporalDevServer, temporalServer, restate(packages), dbos(packages)],
    share: values.quick ? QUICK_SHARE : 1,
  };
}
