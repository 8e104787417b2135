import { condition, defineSignal, proxyActivities, setHandler, sleep } from '@temporalio/workflow';
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
