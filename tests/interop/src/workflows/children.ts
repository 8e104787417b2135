import {
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  executeChild,
  ParentClosePolicy,
  setHandler,
  sleep,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { ChildWorkflowOptions } from '@temporalio/workflow';
import { outcomeOf } from '../failures.ts';
import type { Outcome } from '../failures.ts';

/** What a child is asked to do. */
export type ChildPlan =
  | { readonly kind: 'succeed'; readonly value: string }
  | { readonly kind: 'fail' }
  | { readonly kind: 'wait' }
  | { readonly kind: 'continue'; readonly runs: number }
  | { readonly kind: 'await signal' };

export const nudge = defineSignal<[string]>('nudge');

export async function child(plan: ChildPlan): Promise<string> {
  switch (plan.kind) {
    case 'succeed':
      return `${plan.value} from ${workflowInfo().parent?.workflowId ?? 'nobody'}`;
    case 'fail':
      throw ApplicationFailure.create({ message: 'the child failed', type: 'ChildTrouble', nonRetryable: true });
    case 'wait':
      await sleep('1h');
      return 'waited';
    case 'continue':
      if (plan.runs > 1) return await continueAsNew<typeof child>({ kind: 'continue', runs: plan.runs - 1 });
      return 'the last run';
    case 'await signal': {
      let received: string | undefined;
      setHandler(nudge, (text) => {
        received = text;
      });
      await condition(() => received !== undefined);
      return `nudged: ${String(received)}`;
    }
  }
}

/** Runs one child and reports what it came to. */
export async function parent(
  plan: ChildPlan,
  childId: string,
  options: Omit<ChildWorkflowOptions, 'typeInfo'> = {},
): Promise<Outcome<string>> {
  return await outcomeOf(executeChild(child, { ...options, workflowId: childId, args: [plan] }));
}

/** Runs `count` children at once. */
export async function bigFamily(count: number): Promise<string[]> {
  const children = Array.from({ length: count }, (_, index) =>
    executeChild(child, { args: [{ kind: 'succeed', value: String(index) }] }),
  );
  return await Promise.all(children);
}

/** Starts a child that waits, and returns before the child does. */
export async function leavesChild(childId: string, policy: keyof typeof ParentClosePolicy): Promise<void> {
  const started = await startChild(child, {
    workflowId: childId,
    parentClosePolicy: ParentClosePolicy[policy],
    args: [{ kind: 'wait' }],
  });
  started.result().catch(() => undefined);
}

/** Cancels its child as soon as that has started, and reports how the child ended. */
export async function cancelsChild(childId: string): Promise<Outcome<string>> {
  const scope = new CancellationScope();
  const started = await scope.run(() => startChild(child, { workflowId: childId, args: [{ kind: 'wait' }] }));
  const outcome = outcomeOf(scope.run(() => started.result()));
  scope.cancel();
  return await outcome;
}

/** Sends its child a signal and gives the child's answer. */
export async function nudgesChild(childId: string, text: string): Promise<string> {
  const started = await startChild(child, { workflowId: childId, args: [{ kind: 'await signal' }] });
  await started.signal(nudge, text);
  return await started.result();
}
