import {
  ApplicationFailure,
  CancellationScope,
  continueAsNew,
  proxyActivities,
  sleep,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities.ts';
import { outcomeOf } from '../failures.ts';
import type { Outcome } from '../failures.ts';

const { echo } = proxyActivities<Activities>({ startToCloseTimeout: '10s' });

/** Starts itself anew until `rounds` runs are done; gives the run ids in order. */
export async function relay(rounds: number, runIds: readonly string[] = []): Promise<readonly string[]> {
  const ids = [...runIds, workflowInfo().runId];
  if (ids.length < rounds) await continueAsNew<typeof relay>(rounds, ids);
  return ids;
}

/** Sleeps, and says how long that took by the workflow's clock. */
export async function nap(durationMs: number): Promise<number> {
  const before = Date.now();
  await sleep(durationMs);
  return Date.now() - before;
}

/** Timers end by their deadlines, not in the order in which they were set. */
export async function alarms(durationsMs: readonly number[]): Promise<number[]> {
  const rang: number[] = [];
  await Promise.all(
    durationsMs.map(async (durationMs) => {
      await sleep(durationMs);
      rang.push(durationMs);
    }),
  );
  return rang;
}

/** Sets a timer for an hour and cancels it in a later workflow task. */
export async function cancelsTimer(): Promise<Outcome<unknown>> {
  const scope = new CancellationScope();
  const outcome = outcomeOf(scope.run(() => sleep('1h')));
  await echo('the timer is set');
  scope.cancel();
  return await outcome;
}

/** Fails until the server has retried it `succeedsAt - 1` times. */
export async function failsUntil(succeedsAt: number): Promise<number> {
  const { attempt } = workflowInfo();
  if (attempt >= succeedsAt) return attempt;
  throw ApplicationFailure.create({ message: `run ${String(attempt)} failed`, type: 'NotYet' });
}

/** Never ends by itself. */
export async function waitsForever(): Promise<void> {
  await sleep('365d');
}

/** One look at everything that must be the same on each replay. */
export type Sample = { readonly uuid: string; readonly random: number; readonly now: number };

function sample(): Sample {
  return { uuid: uuid4(), random: Math.random(), now: Date.now() };
}

/** Samples around three activities: what each activity was told must equal what the last replay sees. */
export async function samples(): Promise<{ readonly told: Sample[]; readonly seen: Sample[] }> {
  const seen: Sample[] = [];
  const told: Sample[] = [];
  for (let round = 0; round < 3; round += 1) {
    const taken = sample();
    seen.push(taken);
    told.push(await echo(taken));
  }
  return { told, seen };
}

const { echo: pay } = proxyActivities<Activities>({ startToCloseTimeout: '10s', retry: { initialInterval: '1 hour' } });

/** Pays every thirty days; gives what was paid. */
export async function subscription(months: number): Promise<string[]> {
  const paid: string[] = [];
  for (let month = 1; month <= months; month += 1) {
    await sleep('30 days');
    paid.push(await pay(`payment ${String(month)}`));
  }
  return paid;
}

const { echo: slow } = proxyActivities<Activities>({ startToCloseTimeout: '30 days' });

/** Which is done first: an activity, or a timer of that many milliseconds. */
export async function race(timerMs: number): Promise<string> {
  const timer = sleep(timerMs).then(() => 'timer');
  const activity = slow('activity');
  const first = await Promise.race([timer, activity]);
  await activity;
  return first;
}
