import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@perdure/proto/enums';
import type { SearchAttributes, StartWorkflowExecutionRequest } from '@perdure/proto/types';
import type { Message } from '../aggregate/delivery.ts';
import { present } from '../kernel/assert.ts';
import type { NamespaceView } from '../kernel/env.ts';
import { jsonPayload } from '../kernel/json-payload.ts';
import { SECOND_MS } from '../kernel/time.ts';
import { formatDatetime } from '../visibility/datetime.ts';
import { mergeSearchAttributes, withAttributeTypes } from '../visibility/index.ts';
import type { Schedule, StartingAction } from './schedule.ts';

/** What a schedule has on its way: starts of workflows, cancel requests, terminations; each under its action's token. */
type OutboxKind = 'start' | 'cancel' | 'terminate';

/** `Message.key` of a message. */
export function deliveryKey(kind: OutboxKind, token: string): string {
  return `${kind}:${token}`;
}

export function outboxEntry(key: string): { readonly kind: string; readonly token: string } {
  const colon = key.indexOf(':');
  return { kind: key.slice(0, colon), token: key.slice(colon + 1) };
}

/** Whether the schedule still waits for this to be delivered. To be asked before each attempt. */
export function isPendingDelivery(schedule: Schedule, key: string): boolean {
  const { kind, token } = outboxEntry(key);
  return kind === 'start' ? schedule.starting.has(token) : schedule.ending.get(token) === kind;
}

export function owesAnything({ starting, ending }: Schedule): boolean {
  return starting.size > 0 || ending.size > 0;
}

/** Everything that is on its way. */
export function scheduleDeliveries(schedule: Schedule, namespace: NamespaceView): readonly Message[] {
  const keys = [
    ...Array.from(schedule.starting.keys(), (token) => deliveryKey('start', token)),
    ...Array.from(schedule.ending, ([token, ending]) => deliveryKey(ending, token)),
  ];
  return keys.map((key) => scheduleDelivery(schedule, namespace, key));
}

/** The message itself, made from the state: the same whenever it is asked for. */
export function scheduleDelivery(schedule: Schedule, namespace: NamespaceView, key: string): Message {
  const { kind, token } = outboxEntry(key);
  return kind === 'start' ? startDelivery(schedule, namespace, token) : endDelivery(schedule, namespace, token);
}

function identityOf(schedule: Schedule, namespace: NamespaceView): string {
  return `temporal-scheduler-${namespace.name}-${schedule.scheduleId}`;
}

/** The workflow id of an action: that of the definition and the nominal time, whatever the policies say. */
export function actionWorkflowId(schedule: Schedule, { nominalMs }: Pick<StartingAction, 'nominalMs'>): string {
  return `${schedule.definition.action?.startWorkflow?.workflowId ?? ''}-${nominalText(nominalMs)}`;
}

/** RFC 3339 in whole seconds, UTC. */
function nominalText(nominalMs: number): string {
  return formatDatetime(Math.floor(nominalMs / SECOND_MS) * SECOND_MS);
}

function startDelivery(schedule: Schedule, namespace: NamespaceView, token: string): Message {
  const { namespaceId, scheduleId } = schedule;
  const action = present(schedule.starting.get(token), 'a start on its way has its action');
  const workflowId = actionWorkflowId(schedule, action);
  return {
    key: deliveryKey('start', token),
    to: { namespaceId, workflowId },
    input: {
      kind: 'start',
      request: startRequest(schedule, namespace, { action, workflowId, token }),
      signal: undefined,
      parent: undefined,
      watchers: [{ to: { namespaceId, scheduleId }, token }],
    },
  };
}

/** Temporal: worker/scheduler/workflow.go, startWorkflow. */
function startRequest(
  schedule: Schedule,
  namespace: NamespaceView,
  start: { readonly action: StartingAction; readonly workflowId: string; readonly token: string },
): StartWorkflowExecutionRequest & { readonly requestId: string } {
  const { action, workflowId, token } = start;
  const workflow = schedule.definition.action?.startWorkflow ?? {};
  return {
    namespace: namespace.name,
    workflowId,
    workflowType: workflow.workflowType,
    taskQueue: workflow.taskQueue,
    input: workflow.input,
    workflowExecutionTimeout: workflow.workflowExecutionTimeout,
    workflowRunTimeout: workflow.workflowRunTimeout,
    workflowTaskTimeout: workflow.workflowTaskTimeout,
    identity: identityOf(schedule, namespace),
    requestId: token,
    workflowIdReusePolicy: action.manual ? WorkflowIdReusePolicy.AllowDuplicate : WorkflowIdReusePolicy.RejectDuplicate,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.Fail,
    retryPolicy: workflow.retryPolicy,
    memo: workflow.memo,
    searchAttributes: startAttributes(schedule, namespace, action),
    header: workflow.header,
    lastCompletionResult: action.overlapping ? undefined : schedule.lastCompletionResult,
    continuedFailure: action.overlapping ? undefined : schedule.continuedFailure,
    userMetadata: workflow.userMetadata,
    priority: workflow.priority,
  };
}

/** Names one action among all that ever were, and stands for it as the request id of its start. */
export function newToken(schedule: Schedule, nominalMs: number): string {
  return `${schedule.runId}/${nominalText(nominalMs)}/${schedule.startCount + 1}`;
}

/** Those of the definition, and the two that say what the workflow is started for. */
function startAttributes(
  schedule: Schedule,
  namespace: NamespaceView,
  { nominalMs }: StartingAction,
): SearchAttributes | undefined {
  const own: SearchAttributes = {
    indexedFields: {
      ...schedule.definition.action?.startWorkflow?.searchAttributes?.indexedFields,
      TemporalScheduledStartTime: jsonPayload(nominalText(nominalMs)),
      TemporalScheduledById: jsonPayload(schedule.scheduleId),
    },
  };
  return withAttributeTypes(mergeSearchAttributes(undefined, own), namespace.customAttributes);
}

function endDelivery(schedule: Schedule, namespace: NamespaceView, token: string): Message {
  const { workflowId, firstRunId } = present(schedule.running.get(token), 'what is to end is running');
  const ending = present(schedule.ending.get(token), 'an end on its way is known');
  const common = {
    runId: '',
    firstRunId,
    identity: identityOf(schedule, namespace),
    links: [],
    childWorkflowOnly: undefined,
  };
  const to = { namespaceId: schedule.namespaceId, workflowId };
  const key = deliveryKey(ending, token);
  if (ending === 'terminate') {
    const reason = 'terminated by schedule overlap policy';
    return { key, to, input: { kind: 'terminate', ...common, reason, details: undefined } };
  }
  const reason = 'cancelled by schedule overlap policy';
  const requestId = `${token}/cancel`;
  return { key, to, input: { kind: 'requestCancel', ...common, requestId, reason, sender: undefined } };
}
