import { reject, type Rejection, type UpdateDispatch, type UpdateMessage, type UpdateMessageBody } from '@perdure/core';
import { DecodeError, messageType } from '@perdure/proto';
import type { Any, ProtocolMessage } from '@perdure/proto/types';

const PACKAGE = 'temporal.api.update.v1.';
const TYPE_URL = `type.googleapis.com/${PACKAGE}`;

const request = messageType(`${PACKAGE}Request`);
const acceptance = messageType(`${PACKAGE}Acceptance`);
const rejection = messageType(`${PACKAGE}Rejection`);
const response = messageType(`${PACKAGE}Response`);

/** The message that brings an update to a worker. Temporal: workflow/update/update.go. */
export function updateRequestMessage(update: UpdateDispatch): ProtocolMessage {
  return {
    id: update.messageId,
    protocolInstanceId: update.updateId,
    eventId: update.eventId,
    body: { typeUrl: `${TYPE_URL}Request`, value: request.encode(update.request) },
  };
}

/** What a worker says of updates, or why it cannot be understood. Temporal: common/protocol/naming.go. */
export function readUpdateMessages(
  messages: readonly ProtocolMessage[] | undefined,
): readonly UpdateMessage[] | Rejection {
  const read: UpdateMessage[] = [];
  for (const { id = '', protocolInstanceId: updateId = '', body } of messages ?? []) {
    if (body === undefined) return reject.invalidArgument('nil message body');
    const type = nameOf(body);
    if (type === '') return reject.invalidArgument('no message name specified');
    if (!type.includes('.')) {
      return reject.invalidArgument(`failed to extract protocol type: no . found in ${JSON.stringify(type)}`);
    }
    const content = readBody(type, body);
    if (content === undefined) return reject.invalidArgument('unable to unmarshal request: malformed message body');
    read.push({ id, updateId, sizeBytes: body.value?.length ?? 0, body: content });
  }
  return read;
}

function nameOf({ typeUrl = '' }: Any): string {
  return typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
}

function readBody(type: string, { value = EMPTY }: Any): UpdateMessageBody | undefined {
  try {
    switch (type) {
      case acceptance.name:
        return { kind: 'acceptance', acceptance: acceptance.decode(value) };
      case rejection.name:
        return { kind: 'rejection', rejection: rejection.decode(value) };
      case response.name:
        return { kind: 'response', response: response.decode(value) };
      default:
        return { kind: 'other', type };
    }
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

const EMPTY = new Uint8Array(0);
