import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  executeChild,
  ParentClosePolicy,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type * as activities from './activities.ts';

const shop = proxyActivities<typeof activities>({ startToCloseTimeout: '30 seconds' });
const patient = proxyActivities<typeof activities>({
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '5 seconds', backoffCoefficient: 2, maximumInterval: '5 minutes' },
});
const quick = proxyActivities<typeof activities>({
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '100 milliseconds' },
});
const long = proxyActivities<typeof activities>({ startToCloseTimeout: '1 hour', heartbeatTimeout: '10 seconds' });

export interface Order {
  readonly customer: string;
  readonly email: string;
  readonly items: readonly string[];
  readonly amount: number;
}

export async function processOrder(order: Order): Promise<{ status: string; charge: string }> {
  const { tier } = await shop.flakyLookup(order.customer);
  await shop.reserveStock(order);
  const { charge } = await shop.chargeCard(tier === 'gold' ? order.amount * 0.9 : order.amount);
  await shop.sendReceipt(order.email);
  return { status: 'shipped', charge };
}

/** Its payment fails over and over. */
export async function chargeSubscription(amount: number): Promise<void> {
  await patient.reserveStock({ items: ['subscription'] });
  await patient.callPaymentGateway(amount);
}

export const approve = defineSignal<[{ by: string; note?: string }]>('approve');
export const reject = defineSignal<[{ by: string; reason: string }]>('reject');
export const decision = defineQuery<string>('decision');
export const setLimit = defineUpdate<number, [number]>('setLimit');

/** Waits for a person, a day at most. */
export async function approveExpense(request: { who: string; amount: number; what: string }): Promise<string> {
  let state = 'waiting for approval';
  let limit = request.amount;
  setHandler(approve, ({ by }) => void (state = `approved by ${by}`));
  setHandler(reject, ({ by, reason }) => void (state = `rejected by ${by}: ${reason}`));
  setHandler(decision, () => state);
  setHandler(setLimit, (next) => (limit = next), {
    validator: (next) => {
      if (next <= 0) throw new Error('a limit is more than nothing');
    },
  });
  setCurrentDetails(`**${request.who}** asks for ${request.amount} for ${request.what}.\n\n_Waiting for approval._`);
  await shop.echo({ notified: 'finance@example.com', limit });
  await condition(() => state !== 'waiting for approval', '1 day');
  return state;
}

export const requestApproval = defineUpdate<string, [{ item: string; amount: number }]>('requestApproval');

/** Whoever sends the update waits until a person has answered. */
export async function buyThings(): Promise<string> {
  const decisions: string[] = [];
  let asked = 0;
  setHandler(approve, ({ by }) => void decisions.push(`approved by ${by}`));
  setHandler(reject, ({ by, reason }) => void decisions.push(`rejected by ${by}: ${reason}`));
  setHandler(requestApproval, async () => {
    const turn = asked++;
    await condition(() => decisions.length > turn);
    return decisions[turn] ?? '';
  });
  await condition(() => false, '10 days');
  return 'done';
}

export async function remindLater(days: number): Promise<string> {
  await sleep(`${days} days`);
  return 'reminded';
}

export async function importCatalogue(rows: number): Promise<number> {
  return long.importRows(rows);
}

export async function resizeAlbum(count: number): Promise<number> {
  const images = await Promise.all(Array.from({ length: count }, (_, index) => shop.resizeImage(index)));
  return images.reduce((sum, { bytes }) => sum + bytes, 0);
}

export async function shipParcel(parcel: string): Promise<string> {
  await shop.echo({ parcel });
  await sleep(150);
  return `${parcel} delivered`;
}

/** One child done, one that runs on, one that fails. */
export async function fulfilAll(order: string): Promise<string> {
  await executeChild(shipParcel, { args: [`${order}/1`], workflowId: `${order}-parcel-1` });
  await startChild(remindLater, {
    args: [30],
    workflowId: `${order}-reminder`,
    parentClosePolicy: ParentClosePolicy.ABANDON,
  });
  try {
    await executeChild(refuse, { args: ['the parcel is too heavy'], workflowId: `${order}-parcel-2` });
  } catch {
    await shop.sendReceipt('returns@example.com');
  }
  await condition(() => false, '2 hours');
  return 'done';
}

export async function refuse(reason: string): Promise<void> {
  await shop.refuseOrder(reason);
}

export async function rollUp(month: number): Promise<string> {
  await shop.echo({ month });
  if (month < 4) return continueAsNew<typeof rollUp>(month + 1);
  return `rolled up through ${month}`;
}

/** A history of about five events for each step. */
export async function longHistory(steps: number): Promise<number> {
  for (let step = 0; step < steps; step += 1) {
    await shop.echo({ step });
    if (step % 40 === 0) await sleep(5);
  }
  return steps;
}

/** Its code throws: the workflow task fails, again and again. */
export async function brokenCode(): Promise<void> {
  const missing = undefined as unknown as { readonly price: number };
  await shop.echo(missing.price);
}

export async function echoInput(value: unknown): Promise<unknown> {
  return shop.echo(value);
}

export async function whoAmI(): Promise<string> {
  return workflowInfo().workflowId;
}

/** An agent as the Vercel AI SDK runs one: the model asks for a tool, and is given what that found. */
export async function askAgent(question: string): Promise<string> {
  const asked = { role: 'user', content: [{ type: 'text', text: question }] };
  await quick.invokeModel({ modelId: 'example-large', options: { prompt: [asked] } });
  const weather = await quick.getWeather({ city: 'Oslo' });
  const told = { type: 'tool-result', toolCallId: 'call_1', toolName: 'getWeather', output: { value: weather } };
  const prompt = [asked, { role: 'tool', content: [told] }];
  await quick.invokeModel({ modelId: 'example-large', options: { prompt } });
  return 'Take an umbrella.';
}
