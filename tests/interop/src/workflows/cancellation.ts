import { CancellationScope, condition, isCancellation, proxyActivities, sleep } from '@temporalio/workflow';
import type { Activities } from '../activities.ts';

const { perform } = proxyActivities<Activities>({ startToCloseTimeout: '10s' });

/** Waits for an hour; when cancelled, cleans up in a scope that the cancellation does not reach. */
export async function cleansUp(): Promise<void> {
  try {
    await sleep('1h');
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(async () => void (await perform('clean up')));
    throw error;
  }
}

/** Waits to be cancelled, and completes all the same. */
export async function shrugsOff(): Promise<string> {
  try {
    await CancellationScope.current().cancelRequested;
  } catch (error) {
    if (!isCancellation(error)) throw error;
  }
  return 'completed all the same';
}

/** Waits without taking part in cancellation: only termination ends it. */
export async function stubborn(): Promise<void> {
  await CancellationScope.nonCancellable(async () => {
    await condition(() => false);
  });
}
