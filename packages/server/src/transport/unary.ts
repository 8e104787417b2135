import { GrpcStatus, isRejection, utf8Length, type Rejection } from '@perdure/core';
import { DecodeError, encodeSpliced, encodeStatusDetails, type Method, messageType } from '@perdure/proto';
import type { CallContext, Handler, Reply } from '../rpc/handler.ts';

/** How a call ends on the wire: with the bytes of a reply, or with a status. */
export type Answer = { readonly kind: 'reply'; readonly bytes: Uint8Array } | StatusAnswer;

/** A status that is not OK. */
export interface StatusAnswer {
  readonly kind: 'status';
  readonly status: number;
  readonly message: string;
  /** Bytes of google.rpc.Status, where there is a detail. */
  readonly details?: Uint8Array;
}

/** gRPC status UNKNOWN, which no refusal has: grpc-go gives it to callers that break off. */
export const STATUS_UNKNOWN = 2;

/** Takes exceptions of handlers: they are bugs, and the caller learns nothing of them. */
export type ReportError = (error: unknown, path: string) => void;

/** Makes a status without details. */
export function statusAnswer(status: number, message: string): StatusAnswer {
  return { kind: 'status', status, message };
}

/** Bytes of what a refusal says: it travels in a header, which callers bound. Temporal: `system.maxServiceErrorMessageLength`. */
const MESSAGE_SIZE_BYTES_MAX = 4_000;
const CUT_OFF = '... <truncated>';

/** The message, cut off between two characters where it is too long. */
function shortened(message: string): string {
  if (message.length <= MESSAGE_SIZE_BYTES_MAX / 3 || utf8Length(message) <= MESSAGE_SIZE_BYTES_MAX) return message;
  const { read } = new TextEncoder().encodeInto(message, new Uint8Array(MESSAGE_SIZE_BYTES_MAX - CUT_OFF.length));
  return message.slice(0, read) + CUT_OFF;
}

/** The status that a refusal travels as. */
function refusalAnswer(given: Rejection): StatusAnswer {
  const message = shortened(given.message);
  const rejection = message === given.message ? given : { ...given, message };
  const { status, detail } = rejection;
  // As grpc-go: the details only travel where there are some.
  return detail === undefined
    ? statusAnswer(status, message)
    : { kind: 'status', status, message, details: encodeStatusDetails(rejection) };
}

function encodeReply(replyType: string, reply: Exclude<Reply, Rejection>): Uint8Array {
  const { message, history } = reply;
  if (history === undefined) return messageType(replyType).encode(message);
  return encodeSpliced(replyType, message, history.slices, history.path);
}

/** Decodes a request, has it handled and encodes the answer. Never rejects. */
export async function serveUnary(
  method: Method,
  handler: Handler,
  bytes: Uint8Array,
  context: CallContext,
  reportError: ReportError,
): Promise<Answer> {
  let request: object;
  try {
    request = messageType(method.requestType).decode(bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) reportError(error, method.path);
    const problem = error instanceof DecodeError ? error.message : 'internal error';
    return statusAnswer(GrpcStatus.Internal, `grpc: error unmarshalling request: ${problem}`);
  }
  try {
    const reply = await handler(request as never, context);
    return isRejection(reply) ? refusalAnswer(reply) : { kind: 'reply', bytes: encodeReply(method.replyType, reply) };
  } catch (error) {
    reportError(error, method.path);
    return statusAnswer(GrpcStatus.Internal, 'internal error');
  }
}
