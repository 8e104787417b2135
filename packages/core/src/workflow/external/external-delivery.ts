import { reject } from '../../kernel/rejection.ts';
import { HISTORY_SERVICE } from '../identity.ts';
import type { Message } from '../../aggregate/delivery.ts';
import type { ChildGuard } from '../input.ts';
import { earlierRuns } from '../lifecycle.ts';
import type { Run } from '../run.ts';
import type { ExternalCancel, ExternalSignal } from './external-request.ts';

/** A signal or a cancel request as the other workflow gets it; it knows a repeated one by its request id. */
export function externalDelivery(run: Run, request: ExternalSignal | ExternalCancel): Message {
  const { initiatedEventId } = request;
  const key = `external:${initiatedEventId}`;
  const to = {
    namespaceId: request.initiated.namespaceId ?? '',
    workflowId: request.initiated.workflowExecution?.workflowId ?? '',
  };
  if (to.namespaceId === run.namespaceId && to.workflowId === run.workflowId) return toItself(run, key, to);
  const runId = request.initiated.workflowExecution?.runId ?? '';
  const sender = { workflowId: run.workflowId, runId: run.runId };
  const requestId = deliveryRequestId(run, initiatedEventId);
  const guard: ChildGuard | undefined =
    request.initiated.childWorkflowOnly === true ? { parent: sender, ...earlierRuns(run, 0) } : undefined;
  const common = { runId, links: [], childWorkflowOnly: guard };
  if (request.kind === 'signal') {
    const { signalName, input, header } = request.initiated;
    const signal = { input, header, identity: HISTORY_SERVICE, requestId, links: [], sender };
    return { key, to, input: { kind: 'signal', ...common, signal: { ...signal, name: signalName ?? '' } } };
  }
  return {
    key,
    to,
    input: {
      kind: 'requestCancel',
      ...common,
      firstRunId: '',
      requestId,
      identity: HISTORY_SERVICE,
      reason: request.initiated.reason ?? '',
      sender: { execution: sender, initiatedEventId },
    },
  };
}

/** The request id of what an event of the run has sent: the same however often it is sent. */
export function deliveryRequestId(run: Run, initiatedEventId: number): string {
  return `${run.runId}:${initiatedEventId}`;
}

/** No workflow may signal or cancel itself in this way, whatever the run: it gets the refusal as its own answer. */
function toItself(run: Run, key: string, to: Message['to']): Message {
  const answer = reject.notFound(`workflow not found for ID: ${run.workflowId}`);
  return { key, to, input: { kind: 'settle', runId: run.runId, key, answer } };
}
