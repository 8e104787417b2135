import { messageType } from './codec.ts';
import type { RpcStatus } from './generated/messages.ts';
import { type Json, toJson } from './json.ts';

/** A refusal as far as it travels in `google.rpc.Status`: shaped like `Rejection` of @perdure/core. */
export interface StatusSource {
  /** gRPC status code. */
  readonly status: number;
  readonly message: string;
  /** The message's short name in `temporal.api.errordetails.v1` and its fields. */
  readonly detail?: { readonly type: string; readonly value: Readonly<Record<string, unknown>> };
}

const DETAILS_PACKAGE = 'temporal.api.errordetails.v1';

/**
 * The bytes of `google.rpc.Status` for the trailer `grpc-status-details-bin`: code, message and at most one detail,
 * which the official SDKs read at index 0. Throws for a detail that the protocol does not have.
 */
export function encodeStatusDetails(source: StatusSource): Uint8Array {
  return messageType('google.rpc.Status').encode(statusMessage(source));
}

/** The same as proto3 JSON, which is how HTTP callers get it. */
export function statusToJson(source: StatusSource): Json {
  return toJson('google.rpc.Status', statusMessage(source));
}

function statusMessage({ status, message, detail }: StatusSource): RpcStatus {
  return { code: status, message, details: detail === undefined ? [] : [encodeDetail(detail)] };
}

function encodeDetail({ type, value }: NonNullable<StatusSource['detail']>): { typeUrl: string; value: Uint8Array } {
  const fullName = `${DETAILS_PACKAGE}.${type}`;
  return { typeUrl: `type.googleapis.com/${fullName}`, value: messageType(fullName).encode(value) };
}
