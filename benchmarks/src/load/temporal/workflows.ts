import { proxyActivities } from '@temporalio/workflow';
import type * as activities from './activities.ts';

const { echo } = proxyActivities<typeof activities>({ startToCloseTimeout: '1 minute' });

/** So many activities, one after the other. */
export async function sequence(count: number): Promise<number> {
  let sum = 0;
  for (let index = 0; index < count; index += 1) sum += await echo(index);
  return sum;
}

/** So many activities at once. */
export async function fanOut(count: number): Promise<number> {
  return (await Promise.all(Array.from({ length: count }, (_, index) => echo(index)))).length;
}
