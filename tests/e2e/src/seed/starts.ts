import type { Client, WorkflowOptions } from '@temporalio/client';
import { taskQueue } from './worker.ts';
import { createSchedules } from './schedules.ts';
import { reportWorkers } from './workers.ts';

/** One workflow to start. */
export interface Start {
  readonly type: string;
  readonly id: string;
  readonly args?: readonly unknown[];
  readonly options?: Partial<WorkflowOptions>;
}

const order = { customer: 'c-881', email: 'ada@example.com', items: ['tea', 'kettle'], amount: 84.5 };

/** Ids with everything that an address has to carry. */
export const strangeIds = ['team/billing: "Q3" & more?', 'zahlung-münchen-🚚', '<b>bold</b>', '100%#50'];

const starts: readonly Start[] = [
  ...Array.from({ length: 9 }, (_, n): Start => ({
    type: 'processOrder',
    id: `order-${1040 + n}`,
    args: [{ ...order, amount: 20 + n * 17 }],
  })),
  { type: 'chargeSubscription', id: 'subscription-317', args: [49] },
  { type: 'chargeSubscription', id: 'subscription-318', args: [129], options: { memo: { plan: 'team', seats: 12 } } },
  {
    type: 'approveExpense',
    id: 'expense-77',
    args: [{ who: 'Ada', amount: 1280, what: 'a conference' }],
    options: {
      staticSummary: 'Expense of **Ada**',
      staticDetails: 'Sent from the expenses form.\n\n- amount: 1280\n- needs one approval',
    },
  },
  { type: 'approveExpense', id: 'expense-78', args: [{ who: 'Grace', amount: 90, what: 'books' }] },
  { type: 'remindLater', id: 'reminder-renewal', args: [30] },
  { type: 'importCatalogue', id: 'import-2026-08', args: [120_000] },
  { type: 'resizeAlbum', id: 'album-500', args: [500] },
  { type: 'resizeAlbum', id: 'album-24', args: [24] },
  { type: 'fulfilAll', id: 'fulfil-9', args: ['fulfil-9'] },
  { type: 'refuse', id: 'order-refused', args: ['the address is outside of the delivery area'] },
  { type: 'rollUp', id: 'rollup-2026', args: [1] },
  { type: 'brokenCode', id: 'broken-deploy' },
  { type: 'askAgent', id: 'agent-weather', args: ['Do I need an umbrella in Oslo?'] },
  { type: 'longHistory', id: 'long-history', args: [400] },
  { type: 'remindLater', id: 'timed-out', args: [1], options: { workflowExecutionTimeout: '1 second' } },
  { type: 'remindLater', id: 'nobody-polls', args: [1], options: { taskQueue: 'queue-without-workers' } },
  { type: 'echoInput', id: 'hostile-payload', args: ['<img src=x onerror="alert(1)"><script>alert(2)</script>'] },
  { type: 'echoInput', id: 'binary-payload', args: [new Uint8Array(300).map((_, n) => n % 256)] },
  {
    type: 'echoInput',
    id: 'large-payload',
    args: [Array.from({ length: 9000 }, (_, n) => ({ n, text: `row ${n} of a large value` }))],
  },
  ...strangeIds.map((id): Start => ({ type: 'whoAmI', id })),
];

export interface StartOptions {
  /** Ids of those that are not started. */
  readonly leavesOut?: readonly string[];
}

/** Ids of workflows that are there for what they would break. */
export const oddIds: readonly string[] = [...strangeIds, 'hostile-payload', 'binary-payload', 'large-payload'];

/** Starts all of them, those to cancel and to terminate too, and waits for the longest. */
export async function startAll(client: Client, { leavesOut = [] }: StartOptions = {}): Promise<void> {
  await createSchedules(client);
  await reportWorkers(client);
  for (const { type, id, args = [], options } of starts) {
    if (leavesOut.includes(id)) continue;
    await client.workflow.start(type, {
      taskQueue,
      workflowId: id,
      args: [...args],
      workflowIdConflictPolicy: 'TERMINATE_EXISTING',
      ...options,
    });
  }
  for (const id of ['to-cancel', 'to-terminate']) {
    const handle = await client.workflow.start('remindLater', { taskQueue, workflowId: id, args: [9] });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await (id === 'to-cancel' ? handle.cancel() : handle.terminate('no longer wanted'));
  }
  await askForApproval(client);
  await startBatch(client);
  await Promise.allSettled(
    ['album-500', 'long-history', 'rollup-2026', 'order-1048'].map((id) => client.workflow.getHandle(id).result()),
  );
}

/** An update whose answer is a person's to give. */
async function askForApproval(client: Client): Promise<void> {
  const handle = await client.workflow.start('buyThings', {
    taskQueue,
    workflowId: 'purchase-204',
    workflowIdConflictPolicy: 'TERMINATE_EXISTING',
  });
  await handle.startUpdate('requestApproval', {
    args: [{ item: 'A second kettle', amount: 119 }],
    waitForStage: 'ACCEPTED',
  });
}

/** A batch over runs that wait. */
async function startBatch(client: Client): Promise<void> {
  const ids = Array.from({ length: 12 }, (_, n) => `campaign-${n + 1}`);
  for (const workflowId of ids)
    await client.workflow.start('remindLater', {
      taskQueue,
      workflowId,
      args: [9],
      workflowIdConflictPolicy: 'TERMINATE_EXISTING',
    });
  await client.workflowService.startBatchOperation({
    namespace: client.options.namespace,
    jobId: 'clean-up-reminders',
    visibilityQuery: 'WorkflowId STARTS_WITH "campaign-" AND ExecutionStatus = "Running"',
    reason: 'The campaign is over',
    cancellationOperation: { identity: 'ada@example.com' },
  });
}
