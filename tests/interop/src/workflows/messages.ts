import {
  ApplicationFailure,
  condition,
  defineQuery,
  defineSignal,
  getExternalWorkflowHandle,
  setHandler,
} from '@temporalio/workflow';
import { outcomeOf } from '../failures.ts';
import type { Outcome } from '../failures.ts';

export const put = defineSignal<[string]>('put');
export const seal = defineSignal('seal');
export const contents = defineQuery<string[]>('contents');
export const contentsWithPrefix = defineQuery<string[], [string]>('contentsWithPrefix');
export const brokenQuery = defineQuery<string>('brokenQuery');

/** Collects what it is sent, in order, until it is sealed. */
export async function inbox(): Promise<string[]> {
  const received: string[] = [];
  let sealed = false;
  setHandler(put, (item) => void received.push(item));
  setHandler(seal, () => {
    sealed = true;
  });
  setHandler(contents, () => received);
  setHandler(contentsWithPrefix, (prefix) => received.filter((item) => item.startsWith(prefix)));
  setHandler(brokenQuery, () => {
    throw ApplicationFailure.create({ message: 'the query broke', type: 'QueryTrouble' });
  });
  await condition(() => sealed);
  return received;
}

/** Sends `items` to another workflow, then seals it. */
export async function courier(targetId: string, items: readonly string[]): Promise<Outcome<void>> {
  const target = getExternalWorkflowHandle(targetId);
  return await outcomeOf(
    (async () => {
      for (const item of items) await target.signal(put, item);
      await target.signal(seal);
    })(),
  );
}

/** Asks another workflow to cancel itself. */
export async function canceller(targetId: string): Promise<Outcome<void>> {
  return await outcomeOf(getExternalWorkflowHandle(targetId).cancel());
}
