import { condition, defineQuery, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { Activities } from '../activities.ts';

/** Who decided, and how. */
export type Decision = { readonly approved: boolean; readonly by: string };

export const decide = defineSignal<[Decision]>('decide');
export const approvalStatus = defineQuery<string>('status');

const { perform } = proxyActivities<Activities>({ startToCloseTimeout: '10s' });

/** Asks a person and waits, on a durable timer, no longer than `patienceMs`. */
export async function approval(request: string, patienceMs: number): Promise<string> {
  let decision: Decision | undefined;
  let status = 'pending';
  setHandler(decide, (made) => {
    decision = made;
  });
  setHandler(approvalStatus, () => status);

  await perform(`ask about ${request}`);
  const answered = await condition(() => decision !== undefined, patienceMs);
  if (!answered || decision === undefined) {
    status = 'timed out';
    await perform(`escalate ${request}`);
    return status;
  }
  status = decision.approved ? `approved by ${decision.by}` : `refused by ${decision.by}`;
  if (decision.approved) await perform(`execute ${request}`);
  return status;
}
