import { EventType, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import type { UpdateAcceptance, UpdateRejection, UpdateRequest, UpdateResponse } from '@perdure/proto/types';
import { present } from '../../kernel/assert.ts';
import {
  attachedEvent,
  attachmentOf,
  attachToUpdate,
  callbackLinks,
  callBackForUpdates,
} from '../callback/update-callbacks.ts';
import type { CommandBatch, CommandFailure, CommandRule } from '../command/command.ts';
import { isOpen, type Run } from '../run.ts';
import type { Transition } from '../transition.ts';
import { settleUpdate } from './settle.ts';
import { totalRefusal } from './update-status.ts';
import { requestMessageId } from './update.ts';

/** What a worker says of an update, with the workflow task that it completes. */
export interface UpdateMessage {
  readonly id: string;
  readonly updateId: string;
  /** Bytes of the encoded body. */
  readonly sizeBytes: number;
  readonly body: UpdateMessageBody;
}

export type UpdateMessageBody =
  | { readonly kind: 'acceptance'; readonly acceptance: UpdateAcceptance }
  | { readonly kind: 'rejection'; readonly rejection: UpdateRejection }
  | { readonly kind: 'response'; readonly response: UpdateResponse }
  /** A message of the update protocol that no worker may send. */
  | { readonly kind: 'other'; readonly type: string };

/** Where an update stands for the messages of one workflow task; the names are those of Temporal's error texts. */
export type UpdateStage =
  | 'Admitted'
  | 'Sent'
  | 'ProvisionallyAccepted'
  | 'Accepted'
  | 'ProvisionallyCompleted'
  | 'Completed';

const CAUSE = WorkflowTaskFailedCause.BadUpdateWorkflowExecutionMessage;

/** Marks the place of a message among the commands. Temporal: workflow_task_completed_handler.go. */
export const protocolMessage: CommandRule = {
  name: 'ProtocolMessage',
  closes: false,
  check(batch, command) {
    const attributes = command.protocolMessageCommandAttributes;
    if (attributes === undefined) {
      return { cause: CAUSE, message: 'ProtocolMessageCommandAttributes is not set on ProtocolMessageCommand.' };
    }
    const { messageId = '' } = attributes;
    if (messageId === '') return { cause: CAUSE, message: 'MessageID is not set on ProtocolMessageCommand.' };
    const message = takeMessage(batch.messages, messageId);
    if (message === undefined) {
      return { cause: CAUSE, message: `ProtocolMessageCommand referenced absent message ID ${messageId}` };
    }
    // A rejection leaves no event.
    if (message.body.kind === 'rejection') batch.nextEventId -= 1;
    return checkMessage(batch, message);
  },
  execute({ transition, messages }, command) {
    const messageId = command.protocolMessageCommandAttributes?.messageId ?? '';
    const message = takeMessage(messages, messageId);
    // Rejections have been taken in before all commands.
    if (message !== undefined) takeIn(transition, message);
  },
};

/** Takes the message of that id out of those that are left. */
function takeMessage(messages: UpdateMessage[], id: string): UpdateMessage | undefined {
  const index = messages.findIndex((message) => message.id === id);
  return index < 0 ? undefined : messages.splice(index, 1)[0];
}

/** Checks the messages that no command refers to: they come after all commands. */
export function checkUnreferenced(batch: CommandBatch, closes: boolean): CommandFailure | undefined {
  for (const message of batch.messages.splice(0)) {
    // A workflow that closes takes nothing up any more, but may say what it did not want.
    if (closes && message.body.kind !== 'rejection') continue;
    const failure = checkMessage(batch, message);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** Why a message fails its workflow task. Temporal: workflow/update/update.go, validation.go. */
function checkMessage(batch: CommandBatch, { updateId, sizeBytes, body }: UpdateMessage): CommandFailure | undefined {
  const { run, env, updateStages } = batch;
  if (sizeBytes > env.limits.blobSizeBytesMax) {
    const type = body.kind === 'other' ? body.type : `${PROTOCOL}.${GO_NAMES[body.kind]}`;
    return { cause: CAUSE, message: `Message type ${type} exceeds size limit.`, terminates: true };
  }
  if (body.kind === 'other') return { cause: CAUSE, message: strangeTypeProblem(body.type) };
  const stage = updateStages.get(updateId) ?? stageOf(run, updateId);
  if (stage === undefined) {
    const refusal = resurrectionRefusal(run, env.limits.updatesMax, updateId, body);
    if (refusal !== undefined) return { cause: CAUSE, message: refusal };
  }
  const from = stage ?? 'Admitted';
  if (!FROM[body.kind].has(from)) {
    const message =
      `invalid state transition attempted for Update ${updateId}: ` +
      `received *update.${GO_NAMES[body.kind]} message while in state ${from}`;
    return { cause: CAUSE, message };
  }
  const problem = bodyProblem(updateId, body);
  if (problem !== undefined) return { cause: CAUSE, message: problem };
  updateStages.set(updateId, body.kind === 'acceptance' ? 'ProvisionallyAccepted' : 'ProvisionallyCompleted');
  return undefined;
}

const PROTOCOL = 'temporal.api.update.v1';

const GO_NAMES = { acceptance: 'Acceptance', rejection: 'Rejection', response: 'Response' } as const;

/** Messages of the package that no worker sends. */
const OTHER_NAMES: ReadonlySet<string> = new Set(['Input', 'Meta', 'Outcome', 'Request', 'UpdateRef', 'WaitPolicy']);

/** What is wrong with a message that is none of the protocol. Texts: Temporal, workflow_task_completed_handler.go. */
function strangeTypeProblem(type: string): string {
  const dot = type.lastIndexOf('.');
  const [protocol, name] = [type.slice(0, dot), type.slice(dot + 1)];
  if (protocol !== PROTOCOL) return `unsupported protocol type ${protocol}`;
  if (OTHER_NAMES.has(name)) return `Message type *update.${name} not supported`;
  return 'unable to unmarshal request: proto: not found';
}

const UNSEEN: ReadonlySet<UpdateStage> = new Set<UpdateStage>(['Admitted', 'Sent']);

/** The stages in which a message of each kind may come. */
const FROM = {
  acceptance: UNSEEN,
  rejection: UNSEEN,
  response: new Set<UpdateStage>(['ProvisionallyAccepted', 'Accepted']),
} as const satisfies Readonly<Record<string, ReadonlySet<UpdateStage>>>;

function stageOf(run: Run, updateId: string): UpdateStage | undefined {
  const admitted = run.fleeting.admitted.get(updateId);
  if (admitted !== undefined) return admitted.sent ? 'Sent' : 'Admitted';
  if (run.updates.reapplied.has(updateId)) return 'Admitted';
  const accepted = run.updates.byId.get(updateId);
  if (accepted === undefined) return undefined;
  return accepted.completedEventId === 0 ? 'Accepted' : 'Completed';
}

/** A worker may speak of an update that the server has forgotten: with the request at hand it is as if it had not. */
function resurrectionRefusal(
  run: Run,
  updatesMax: number,
  updateId: string,
  body: UpdateMessageBody,
): string | undefined {
  const total = totalRefusal(run, updatesMax);
  if (total !== undefined) return total.message;
  if (carriedRequest(body) !== undefined) return undefined;
  return (
    `update ${updateId} wasn't found on the server. ` +
    'This is most likely a transient error which will be resolved automatically by retries'
  );
}

function carriedRequest(body: UpdateMessageBody): UpdateRequest | undefined {
  if (body.kind === 'acceptance') return body.acceptance.acceptedRequest;
  return body.kind === 'rejection' ? body.rejection.rejectedRequest : undefined;
}

function bodyProblem(updateId: string, body: Exclude<UpdateMessageBody, { kind: 'other' }>): string | undefined {
  const invalid = (what: string): string => `invalid *update.${GO_NAMES[body.kind]}: ${what}`;
  switch (body.kind) {
    case 'acceptance':
      if (!body.acceptance.acceptedRequestSequencingEventId) {
        return invalid('accepted_request_sequencing_event_id is not set');
      }
      return body.acceptance.acceptedRequestMessageId ? undefined : invalid('accepted_request_message_id is not set');
    case 'rejection':
      return undefined;
    case 'response': {
      const { meta, outcome } = body.response;
      if (meta === undefined) return invalid('meta is not set');
      if (!meta.updateId) return invalid('meta.update_id is not set');
      if (meta.updateId !== updateId) return invalid(`meta.update_id != ${updateId}`);
      return outcome === undefined ? invalid('outcome is not set') : undefined;
    }
  }
}

/** Brings about what the messages say that no command refers to; rejections come first, as they leave no event. */
export function takeInRejections(transition: Transition, messages: UpdateMessage[]): void {
  const rejections = messages.filter(({ body }) => body.kind === 'rejection');
  for (const message of rejections) {
    messages.splice(messages.indexOf(message), 1);
    takeIn(transition, message);
  }
}

/** The rest of them, after all commands. A run that has closed takes nothing up. */
export function takeInUnreferenced(transition: Transition, messages: UpdateMessage[]): void {
  for (const message of messages.splice(0)) if (isOpen(transition.run)) takeIn(transition, message);
}

function takeIn(transition: Transition, { updateId, body }: UpdateMessage): void {
  switch (body.kind) {
    case 'acceptance':
      accept(transition, updateId, body.acceptance);
      break;
    case 'rejection':
      settleUpdate(transition, updateId, { failure: body.rejection.failure });
      break;
    case 'response':
      complete(transition, updateId, body.response);
      break;
    case 'other':
  }
}

function accept(transition: Transition, updateId: string, acceptance: UpdateAcceptance): void {
  const { run } = transition;
  const { acceptedRequestSequencingEventId } = acceptance;
  // The event that has brought the update here over a reset holds the request already.
  const request = run.updates.reapplied.has(updateId) ? undefined : requestTaken(run, updateId, acceptance);
  transition.append({
    eventType: EventType.WorkflowExecutionUpdateAccepted,
    links: request && callbackLinks(request),
    workflowExecutionUpdateAcceptedEventAttributes: {
      protocolInstanceId: updateId,
      acceptedRequestMessageId: requestMessageId(updateId),
      acceptedRequestSequencingEventId,
      acceptedRequest: request,
    },
  });
  if (request !== undefined) attachToUpdate(transition, updateId, attachmentOf(request));
  for (const attachment of run.fleeting.admitted.get(updateId)?.attached ?? []) {
    if (run.lifecycle.requestIds.has(attachment.requestId)) continue;
    transition.append(attachedEvent(updateId, attachment));
    attachToUpdate(transition, updateId, attachment);
  }
  transition.applyFleeting({ kind: 'updateTaken', updateId });
  transition.emit({ kind: 'updateAccepted', run, updateId });
}

/**
 * What the worker has taken up. One that the server has not sent with this task is another one of the same id, which the
 * server has forgotten since: its request is the worker's, or no replay would come to the same.
 */
function requestTaken(run: Run, updateId: string, { acceptedRequest }: UpdateAcceptance): UpdateRequest | undefined {
  const admitted = run.fleeting.admitted.get(updateId);
  return admitted?.sent === true ? admitted.request : (acceptedRequest ?? admitted?.request);
}

function complete(transition: Transition, updateId: string, { meta, outcome = {} }: UpdateResponse): void {
  const update = present(transition.run.updates.byId.get(updateId), 'a response is to an accepted update');
  transition.append({
    eventType: EventType.WorkflowExecutionUpdateCompleted,
    workflowExecutionUpdateCompletedEventAttributes: { meta, acceptedEventId: update.acceptedEventId, outcome },
  });
  callBackForUpdates(transition);
  settleUpdate(transition, updateId, outcome);
}
