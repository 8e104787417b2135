import proto from '@temporalio/proto';
import type { temporal } from '@temporalio/proto';
import { failure, payloads } from './values.ts';

type Message = temporal.api.protocol.v1.IMessage;
const { Request, Acceptance, Rejection, Response } = proto.temporal.api.update.v1;

/** What a worker sends back for the request that came as `message`. */
function reply(
  message: Message,
  kind: string,
  type: { encode(body: object): { finish(): Uint8Array } },
  body: object,
): object {
  return {
    id: `${message.protocolInstanceId ?? ''}/${kind}`,
    protocolInstanceId: message.protocolInstanceId,
    body: {
      type_url: `type.googleapis.com/temporal.api.update.v1.${kind}`,
      value: type.encode(body).finish(),
    },
  };
}

function requestIn(message: Message): temporal.api.update.v1.Request {
  return Request.decode(message.body?.value ?? new Uint8Array());
}

export function acceptance(message: Message): object {
  return reply(message, 'Acceptance', Acceptance, {
    acceptedRequestMessageId: message.id,
    acceptedRequestSequencingEventId: message.eventId,
    acceptedRequest: requestIn(message),
  });
}

export function rejection(message: Message): object {
  return reply(message, 'Rejection', Rejection, {
    rejectedRequestMessageId: message.id,
    rejectedRequestSequencingEventId: message.eventId,
    rejectedRequest: requestIn(message),
    failure: failure('rejected'),
  });
}

export function response(message: Message, outcome: object = { success: payloads('updated') }): object {
  return reply(message, 'Response', Response, { meta: requestIn(message).meta, outcome });
}
