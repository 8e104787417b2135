import {
  allHandlersFinished,
  condition,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type { createActivities } from './activities.ts';

const { reserve, charge, ship } = proxyActivities<ReturnType<typeof createActivities>>({
  startToCloseTimeout: '1500ms',
  retry: { initialInterval: '100ms', maximumInterval: '500ms' },
});

export const approve = defineSignal<[string]>('approve');

const PARCELS = 3;

/** Reserves, waits for a person, charges, and ships some parcels at a time. */
export async function order(id: string): Promise<string[]> {
  let approvedBy: string | undefined;
  setHandler(approve, (name) => {
    approvedBy = name;
  });
  const reserved = await reserve(id);
  await sleep('100ms');
  await condition(() => approvedBy !== undefined);
  const charged = await charge(id);
  const parcels = await Promise.all(Array.from({ length: PARCELS }, (_, index) => ship(id, index)));
  return [reserved, approvedBy ?? '', charged, ...parcels];
}

export const add = defineUpdate<number, [string]>('add');
export const close = defineSignal('close');

/** Takes entries by updates, each with its place for an answer, until it is closed; gives them in their order. */
export async function ledger(): Promise<string[]> {
  const entries: string[] = [];
  let isClosed = false;
  setHandler(close, () => {
    isClosed = true;
  });
  setHandler(add, async (entry) => {
    const place = entries.push(entry);
    await sleep('20ms');
    return place;
  });
  await condition(() => isClosed && allHandlersFinished());
  return entries;
}
