import {
  CancellationScope,
  condition,
  defineSignal,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type { ActivityCancellationType, ActivityOptions, LocalActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities.ts';
import { outcomeOf } from '../failures.ts';
import type { Outcome } from '../failures.ts';

type AnyActivity = (...args: unknown[]) => Promise<unknown>;

/** Runs one activity with the given options and reports what it came to. */
export async function callActivity(
  name: keyof Activities,
  args: readonly unknown[],
  options: ActivityOptions,
): Promise<Outcome<unknown>> {
  const activity = proxyActivities<Record<string, AnyActivity>>(options)[name] as AnyActivity;
  return await outcomeOf(activity(...args));
}

/** The same as a local activity, which runs inside a workflow task. */
export async function callLocalActivity(
  name: keyof Activities,
  args: readonly unknown[],
  options: LocalActivityOptions,
): Promise<Outcome<unknown>> {
  const activity = proxyLocalActivities<Record<string, AnyActivity>>(options)[name] as AnyActivity;
  return await outcomeOf(activity(...args));
}

/** Adds up what `count` parallel activities give back. */
export async function fanOut(count: number): Promise<number> {
  const { echo } = proxyActivities<Activities>({ startToCloseTimeout: '60s' });
  const values = await Promise.all(Array.from({ length: count }, (_, index) => echo(index)));
  return values.reduce((sum, value) => sum + value, 0);
}

export const cancelNow = defineSignal('cancelNow');
export const leave = defineSignal('leave');

/** Cancels a running activity when told to, and returns once it is told to leave. */
export async function cancelsActivity(cancellationType: ActivityCancellationType): Promise<Outcome<unknown>> {
  let cancelled = false;
  let left = false;
  setHandler(cancelNow, () => {
    cancelled = true;
  });
  setHandler(leave, () => {
    left = true;
  });
  const { diligent } = proxyActivities<Activities>({
    startToCloseTimeout: '60s',
    heartbeatTimeout: '5s',
    cancellationType,
  });
  const scope = new CancellationScope();
  const outcome = outcomeOf(scope.run(() => diligent()));
  await condition(() => cancelled);
  scope.cancel();
  const result = await outcome;
  await condition(() => left);
  return result;
}

/** Cancels an activity that no worker has taken yet. */
export async function cancelsWaitingActivity(emptyQueue: string): Promise<Outcome<unknown>> {
  const { silent } = proxyActivities<Activities>({
    taskQueue: emptyQueue,
    startToCloseTimeout: '60s',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  });
  const scope = new CancellationScope();
  const outcome = outcomeOf(scope.run(() => silent()));
  await sleep(1);
  scope.cancel();
  return await outcome;
}
