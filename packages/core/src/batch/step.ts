import { WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { ReplyOf } from '../aggregate/input.ts';
import type { AggregateView, StepOutcome } from '../aggregate/machine.ts';
import { unreachable } from '../kernel/assert.ts';
import type { Env } from '../kernel/env.ts';
import { reject, type Rejection } from '../kernel/rejection.ts';
import type { Done } from '../workflow/input.ts';
import type { BatchInput, SettleBatchInput, StartBatchInput, TakeBatchPageInput } from './input.ts';
import { blankJob, isOpenJob, openTargets, type BatchJob } from './job.ts';
import { BatchTransition } from './transition.ts';

/** What a step works with. */
interface Work {
  readonly view: AggregateView<BatchJob>;
  readonly env: Env;
  /** The transition that the step has begun; none where nothing happened. */
  transition: BatchTransition | undefined;
}

/** An input goes in; changes, effects and a reply come out. A refused input has changed nothing. */
export function stepBatch<I extends BatchInput>(
  view: AggregateView<BatchJob>,
  input: I,
  env: Env,
): StepOutcome<BatchJob> & { readonly reply: ReplyOf<I> } {
  const work: Work = { view, env, transition: undefined };
  const reply = handle(work, input) as ReplyOf<I>;
  const { transition } = work;
  const transitions = transition === undefined ? [] : [transition];
  return { reply, step: { transitions, effects: transition?.effects ?? [] } };
}

function handle(work: Work, input: BatchInput): Done | Rejection {
  switch (input.kind) {
    case 'startBatch':
      return start(work, input);
    case 'takeBatchPage':
      return onOpen(work, input.runId, (transition) => takePage(transition, input));
    case 'settleBatch':
      return onOpen(work, input.runId, (transition) => settle(transition, input));
    case 'failBatch':
      return onOpen(work, input.runId, (transition) => close(transition, WorkflowExecutionStatus.Failed, input.reason));
    case 'stopBatch':
      return onOpen(work, '', (transition) => close(transition, WorkflowExecutionStatus.Terminated, input.reason));
    case 'delete':
      return remove(work);
    case 'wake':
    case 'settle':
      return onOpen(work, input.runId, () => undefined);
    default:
      return unreachable(input);
  }
}

/** An id that was used once is not used again while that is known. Temporal: frontend, StartBatchOperation. */
function start(work: Work, { request, operation, identity }: StartBatchInput): Done | Rejection {
  const { view, env } = work;
  const { current } = view;
  if (current !== undefined) {
    const ids = `WorkflowId: ${view.id}, RunId: ${current.runId}.`;
    const message = isOpenJob(current)
      ? `Workflow execution is already running. ${ids}`
      : `Workflow execution already finished. ${ids} Workflow Id reuse policy: reject duplicate workflow Id.`;
    return reject.workflowAlreadyStarted(message, current.requestId, current.runId, '');
  }
  const job = blankJob({ namespaceId: view.namespaceId, id: view.id, runId: env.newId() });
  work.transition = new BatchTransition(job, env);
  const requestId = env.newId();
  work.transition.note({ kind: 'batchStarted', atMs: env.nowMs, request, operation, requestId, identity });
  return { runId: job.runId };
}

function onOpen(work: Work, runId: string, change: (transition: BatchTransition) => void): Done | Rejection {
  const { view, env } = work;
  const { current: job } = view;
  if (job === undefined || (runId !== '' && job.runId !== runId)) {
    return reject.notFound(`workflow not found for ID: ${view.id}`);
  }
  if (!isOpenJob(job)) return reject.notFound('workflow execution already completed');
  work.transition = new BatchTransition(job, env);
  change(work.transition);
  return { runId: job.runId };
}

/** The page before must be done, or what is left of it would never be. A page that comes twice is known by its number. */
function takePage(transition: BatchTransition, { pageNumber, page, totalCount }: TakeBatchPageInput): void {
  const { run: job } = transition;
  if (pageNumber !== job.pageNumber + 1 || openTargets(job).length > 0) return;
  transition.note({ kind: 'pageTaken', page, totalCount });
  completeIfDone(transition);
}

/** What was told before, or is of another page, is told twice. */
function settle(transition: BatchTransition, { pageNumber, succeeded, failed }: SettleBatchInput): void {
  const { run: job } = transition;
  if (pageNumber !== job.pageNumber) return;
  const open = new Set(openTargets(job));
  const news = {
    succeeded: succeeded.filter((index) => open.delete(index)),
    failed: failed.filter((index) => open.delete(index)),
  };
  if (news.succeeded.length + news.failed.length === 0) return;
  transition.note({ kind: 'targetsSettled', ...news });
  completeIfDone(transition);
}

function completeIfDone(transition: BatchTransition): void {
  const { page } = transition.run;
  if (page === undefined || page.next !== undefined || openTargets(transition.run).length > 0) return;
  close(transition, WorkflowExecutionStatus.Completed, '');
}

function close(transition: BatchTransition, status: WorkflowExecutionStatus, reason: string): void {
  transition.note({ kind: 'batchClosed', atMs: transition.env.nowMs, status, reason });
}

/** The job and all that is known of it goes. */
function remove(work: Work): Done | Rejection {
  const { view, env } = work;
  const { current: job } = view;
  if (job === undefined) return reject.notFound(`workflow not found for ID: ${view.id}`);
  const transition = new BatchTransition(job, env);
  work.transition = transition;
  if (isOpenJob(job)) close(transition, WorkflowExecutionStatus.Terminated, '');
  if (job.removeAtMs === undefined) transition.note({ kind: 'removalRequested', atMs: env.nowMs });
  return { runId: job.runId };
}
