import { CancellationScope, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities.ts';

const { perform } = proxyActivities<Activities>({ startToCloseTimeout: '10s' });

/**
 * Performs the steps in order. When one fails, each step before it is undone, last first, and the workflow fails with
 * the error of the step that broke.
 */
export async function saga(steps: readonly string[]): Promise<string[]> {
  const compensations: string[] = [];
  const results: string[] = [];
  try {
    for (const step of steps) {
      compensations.unshift(`undo ${step}`);
      results.push(await perform(step));
    }
    return results;
  } catch (error) {
    await CancellationScope.nonCancellable(async () => {
      for (const compensation of compensations.slice(1)) await perform(compensation);
    });
    throw error;
  }
}
