import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type { Activities } from '../activities.ts';

const { echo } = proxyActivities<Activities>({ startToCloseTimeout: '10s' });

/** Adds to the sum and gives it back; the validator refuses what is negative. */
export const add = defineUpdate<number, [number]>('add');
/** The same, after an activity has had a look at the number. */
export const addChecked = defineUpdate<number, [number]>('addChecked');
/** Is accepted and waits until the workflow is told to go on. */
export const addLater = defineUpdate<number, [number]>('addLater');
export const breaks = defineUpdate<number, []>('breaks');
export const goOn = defineSignal('goOn');
export const finish = defineSignal('finish');
export const sum = defineQuery<number>('sum');

/** A sum that updates change, until it is told to finish. */
export async function counter(waitsForHandlers = true): Promise<number> {
  let total = 0;
  let onward = false;
  let finished = false;
  setHandler(
    add,
    (value) => {
      total += value;
      return total;
    },
    {
      validator: (value) => {
        if (value < 0) throw new Error(`${String(value)} is negative`);
      },
    },
  );
  setHandler(addChecked, async (value) => {
    const checked = await echo(value);
    total += checked;
    return total;
  });
  setHandler(addLater, async (value) => {
    await condition(() => onward);
    total += value;
    return total;
  });
  setHandler(breaks, () => {
    throw ApplicationFailure.create({ message: 'it broke', type: 'Broken', nonRetryable: true });
  });
  setHandler(goOn, () => {
    onward = true;
  });
  setHandler(finish, () => {
    finished = true;
  });
  setHandler(sum, () => total);
  await condition(() => finished);
  if (waitsForHandlers) await condition(allHandlersFinished);
  return total;
}

/** Takes updates while activities run one after the other. */
export async function busyCounter(count: number): Promise<number> {
  let total = 0;
  setHandler(add, (value) => {
    total += value;
    return total;
  });
  for (let index = 0; index < count; index++) await echo(index);
  return total;
}

/** Continues as new when told to, with the sum so far. */
export async function relayRace(total: number, generation: number): Promise<number> {
  let onward = false;
  let finished = false;
  let current = total;
  setHandler(add, (value) => {
    current += value;
    return current;
  });
  setHandler(goOn, () => {
    onward = true;
  });
  setHandler(finish, () => {
    finished = true;
  });
  await condition(() => onward || finished);
  if (finished) return current;
  await sleep(10);
  return await continueAsNew<typeof relayRace>(current, generation + 1);
}
