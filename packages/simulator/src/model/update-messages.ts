import { messageType } from '@perdure/proto';
import type { HistoryEvent, ProtocolMessage, UpdateOutcome, UpdateRequest } from '@perdure/proto/types';
import { failure } from './commands.ts';
import { fromPayloads, toPayloads } from './payload.ts';
import type { UpdateContent } from './program.ts';

const PACKAGE = 'temporal.api.update.v1.';
const requestType = messageType(`${PACKAGE}Request`);
const acceptanceType = messageType(`${PACKAGE}Acceptance`);
const rejectionType = messageType(`${PACKAGE}Rejection`);
const responseType = messageType(`${PACKAGE}Response`);

/** The name of every update of the model. */
const UPDATE_NAME = 'update';

/** What the validator of the model says to an update that it does not want. */
export const REJECTED = 'the model rejects this update';

/** An update as a workflow takes it: from a message of its task, or from the event that says that it took it. */
export interface IncomingUpdate {
  readonly updateId: string;
  readonly request: UpdateRequest;
  readonly content: UpdateContent;
  /** What the answers have to name: the message that brought it, and the event behind which it comes. */
  readonly messageId: string;
  readonly sequencingEventId: number;
}

/** The updates that come with a workflow task. */
export function readUpdates(messages: readonly ProtocolMessage[] | undefined): readonly IncomingUpdate[] {
  return (messages ?? []).map(({ id = '', protocolInstanceId = '', eventId = 0, body }) => {
    const request: UpdateRequest = requestType.decode(body?.value ?? new Uint8Array(0));
    return incoming(protocolInstanceId, request, id, eventId);
  });
}

export function incoming(
  updateId: string,
  request: UpdateRequest,
  messageId: string,
  sequencingEventId: number,
): IncomingUpdate {
  return { updateId, request, content: contentOf(request), messageId, sequencingEventId };
}

/** The update of an event that brings it instead of a message: it was carried over by a reset. */
export function admittedUpdate({ eventId = 0, workflowExecutionUpdateAdmittedEventAttributes }: HistoryEvent) {
  const request = workflowExecutionUpdateAdmittedEventAttributes?.request;
  if (request === undefined) return undefined;
  const updateId = request.meta?.updateId ?? '';
  return incoming(updateId, request, `${updateId}/request`, eventId);
}

/** What an update of the model asks for. */
export function contentOf({ input }: UpdateRequest): UpdateContent {
  return fromPayloads(input?.args) as UpdateContent;
}

export function updateRequest(updateId: string, content: UpdateContent, identity: string): UpdateRequest {
  const meta = { updateId, identity };
  return { meta, input: { name: UPDATE_NAME, args: toPayloads(content) }, requestId: `${updateId}/ask` };
}

/** The ids of the messages with which a worker answers; commands refer to them. */
export function acceptanceId(updateId: string): string {
  return `${updateId}/accept`;
}

export function responseId(updateId: string): string {
  return `${updateId}/complete`;
}

export function acceptance({ updateId, request, messageId, sequencingEventId }: IncomingUpdate): ProtocolMessage {
  return message(acceptanceId(updateId), updateId, 'Acceptance', acceptanceType, {
    acceptedRequestMessageId: messageId,
    acceptedRequestSequencingEventId: sequencingEventId,
    acceptedRequest: request,
  });
}

export function rejection({ updateId, request, messageId, sequencingEventId }: IncomingUpdate): ProtocolMessage {
  return message(`${updateId}/reject`, updateId, 'Rejection', rejectionType, {
    rejectedRequestMessageId: messageId,
    rejectedRequestSequencingEventId: sequencingEventId,
    rejectedRequest: request,
    failure: failure(REJECTED),
  });
}

export function response(updateId: string, outcome: UpdateOutcome): ProtocolMessage {
  return message(responseId(updateId), updateId, 'Response', responseType, { meta: { updateId }, outcome });
}

function message(
  id: string,
  protocolInstanceId: string,
  name: string,
  type: { encode(body: never): Uint8Array },
  body: object,
): ProtocolMessage {
  const value = type.encode(body as never);
  return { id, protocolInstanceId, body: { typeUrl: `type.googleapis.com/${PACKAGE}${name}`, value } };
}
