import {
  patched,
  proxyActivities,
  proxyLocalActivities,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities.ts';

const { perform } = proxyActivities<Activities>({ startToCloseTimeout: '10s' });
const local = proxyLocalActivities<Activities>({ startToCloseTimeout: '10s' });

/** A test deploys a fix by replacing this text in the bundle. */
const BUILD: string = 'build-with-a-bug';

/** Throws a plain error, which fails the workflow task and not the workflow, until the code is mended. */
export async function buggy(): Promise<string> {
  await perform('before the bug');
  if (BUILD === 'build-with-a-bug') throw new Error('cannot read properties of undefined');
  return await perform('after the bug');
}

/** Three activities in a row: the text of the middle one differs in the mended build, so its replay does not fit. */
export async function threeSteps(): Promise<string[]> {
  const first = await perform('first');
  const second = BUILD === 'build-with-a-bug' ? await perform('second') : await local.perform('second');
  return [first, second, await perform('third')];
}

/** Local activities and a patch, all recorded as markers. */
export async function markers(): Promise<string[]> {
  const results = [await local.perform('local one'), await local.perform('local two')];
  results.push(patched('new-step') ? await perform('new step') : await perform('old step'));
  return results;
}

/** Changes its memo and its search attributes while it runs; gives those that it was started with. */
export async function annotates(): Promise<unknown> {
  const { memo, searchAttributes } = workflowInfo();
  upsertMemo({ stage: 'annotated', removed: null });
  upsertSearchAttributes({ BatcherUser: ['a reviewer'] });
  await perform('annotated');
  return { memo, searchAttributes };
}
