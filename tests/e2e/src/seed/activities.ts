import { ApplicationFailure } from '@temporalio/common';
import { Context, heartbeat, sleep } from '@temporalio/activity';

/** What the seeded workflows do. Each stands for something that the UI has to show well. */

export async function reserveStock(order: {
  readonly items: readonly string[];
}): Promise<{ reservation: string; items: number }> {
  await sleep(40);
  return { reservation: 'R-20418', items: order.items.length };
}

export async function chargeCard(amount: number): Promise<{ charge: string; amount: number }> {
  await sleep(30);
  return { charge: 'ch_5Gk2p', amount };
}

export async function sendReceipt(email: string): Promise<string> {
  await sleep(20);
  return `sent to ${email}`;
}

/** Fails at each attempt, as a service that is down. */
export async function callPaymentGateway(amount: number): Promise<never> {
  await sleep(15);
  throw new Error(`gateway.example refused the connection while charging ${amount} (ECONNREFUSED)`);
}

/** Fails twice, then succeeds. */
export async function flakyLookup(customer: string): Promise<{ customer: string; tier: string }> {
  await sleep(20);
  if (Context.current().info.attempt < 3) throw new Error(`customer service answered 503 for ${customer}`);
  return { customer, tier: 'gold' };
}

export async function refuseOrder(reason: string): Promise<never> {
  throw ApplicationFailure.nonRetryable(reason, 'OrderRefused', { code: 'E-1207' });
}

/** Reports its progress for a long time. */
export async function importRows(rows: number): Promise<number> {
  const reported = Context.current().info.heartbeatDetails as { readonly row: number } | undefined;
  for (let row = reported?.row ?? 0; row < rows; row += 250) {
    heartbeat({ row, of: rows });
    await sleep(1000);
  }
  return rows;
}

export async function resizeImage(index: number): Promise<{ index: number; bytes: number }> {
  await sleep(5 + (index % 7) * 12);
  return { index, bytes: 20_000 + index * 37 };
}

export async function echo(value: unknown): Promise<unknown> {
  return value;
}

/** Answers as a model does, in the shape of the Vercel AI SDK: asks for a tool first, and then says something. */
export async function invokeModel({ options }: ModelRequest): Promise<unknown> {
  if (Context.current().info.attempt < 2) throw new Error('The model is overloaded (529)');
  await sleep(30);
  const hasAnswer = options.prompt.some(({ role }) => role === 'tool');
  return {
    content: hasAnswer
      ? [{ type: 'text', text: 'Take an umbrella: it rains in Oslo.' }]
      : [{ type: 'tool-call', toolCallId: 'call_1', toolName: 'getWeather', input: '{"city":"Oslo"}' }],
    usage: { inputTokens: { total: 1200, cacheRead: 1000 }, outputTokens: { total: hasAnswer ? 24 : 18 } },
  };
}

export interface ModelRequest {
  readonly modelId: string;
  readonly options: { readonly prompt: readonly { readonly role: string; readonly content: unknown }[] };
}

export async function getWeather({ city }: { readonly city: string }): Promise<{ city: string; sky: string }> {
  return { city, sky: 'rain' };
}
