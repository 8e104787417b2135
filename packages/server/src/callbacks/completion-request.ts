import { enumName, timestampMs, type CallbackCall } from '@perdure/core';
import { messageType, toJson } from '@perdure/proto';
import { EventType } from '@perdure/proto/enums';
import type { Failure, HistoryEvent, Payload, UpdateOutcome } from '@perdure/proto/types';
import type { HttpRequest } from '../host/host.ts';

const PAYLOAD = messageType('temporal.api.common.v1.Payload');
const FAILURE_TYPE = 'temporal.api.failure.v1.Failure';

/** What has become of the chain, as Nexus says it. */
interface Completion {
  readonly state: 'succeeded' | 'failed' | 'canceled';
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
}

/**
 * The HTTP request that tells of a close, a Nexus completion. Temporal: mutable_state_impl.go, GetNexusCompletion, and
 * common/nexus/nexusrpc/completion.go.
 */
export function completionRequest(call: CallbackCall, namespace: string, timeoutMs: number): HttpRequest {
  const { state, contentType, body } = 'outcome' in call.end ? outcomeOf(call.end.outcome) : completionOf(call.end);
  const endedAtMs = 'outcome' in call.end ? call.end.endedAtMs : (timestampMs(call.end.eventTime) ?? 0);
  const headers = new Map<string, string>([
    ...(contentType === undefined ? [] : [['content-type', contentType] as const]),
    ['nexus-operation-state', state],
    ['user-agent', 'temporalio/server'],
    ...(endedAtMs === undefined ? [] : timeHeaders(call.startedAtMs, endedAtMs)),
    ...(call.about === undefined ? [] : [['nexus-link', linkHeader(call.about, namespace)] as const]),
  ]);
  for (const [name, value] of Object.entries(call.header)) headers.set(name.toLowerCase(), value);
  return { url: call.url, headers, body, timeoutMs };
}

function timeHeaders(startedAtMs: number, endedAtMs: number): readonly (readonly [string, string])[] {
  return [
    ['nexus-operation-start-time', new Date(startedAtMs).toUTCString()],
    ['nexus-operation-close-time', new Date(endedAtMs).toISOString().replace('.000Z', 'Z')],
  ];
}

/** Temporal: mutable_state_impl.go, GetNexusUpdateCompletion. */
function outcomeOf({ success, failure = {} }: UpdateOutcome): Completion {
  return success === undefined ? failed('failed', failure) : succeeded(success.payloads?.[0]);
}

function completionOf(event: HistoryEvent): Completion {
  switch (event.eventType) {
    case EventType.WorkflowExecutionCompleted:
      return succeeded(event.workflowExecutionCompletedEventAttributes?.result?.payloads?.[0]);
    case EventType.WorkflowExecutionCanceled: {
      const { details } = event.workflowExecutionCanceledEventAttributes ?? {};
      return failed('canceled', { message: 'operation canceled', canceledFailureInfo: { details } });
    }
    case EventType.WorkflowExecutionTerminated:
      return failed('failed', { message: 'operation terminated', terminatedFailureInfo: {} });
    case EventType.WorkflowExecutionTimedOut:
      return failed('failed', { message: 'operation exceeded internal timeout', timeoutFailureInfo: {} });
    default:
      return failed('failed', event.workflowExecutionFailedEventAttributes?.failure ?? {});
  }
}

/** A result as content of its own type, where Nexus has one for it. Temporal: common/nexus/payload_serializer.go. */
function succeeded(payload: Payload | undefined): Completion {
  const state = 'succeeded';
  if (payload === undefined) return { state, contentType: undefined, body: new Uint8Array() };
  const { metadata = {}, data = new Uint8Array() } = payload;
  const text = (name: string): string => new TextDecoder().decode(metadata[name]);
  const count = Object.keys(metadata).length;
  const plain = (contentType: string | undefined): Completion => ({ state, contentType, body: data });
  switch (text('encoding')) {
    case 'json/plain':
      return plain('application/json');
    case 'binary/plain':
      if (count === 1) return plain('application/octet-stream');
      break;
    case 'binary/null':
      if (count === 1) return plain(undefined);
      break;
    case 'json/protobuf':
      if (count === 2) return plain(`application/json; format=protobuf; message-type="${text('messageType')}"`);
      break;
    case 'binary/protobuf':
      if (count === 2) return plain(`application/x-protobuf; message-type="${text('messageType')}"`);
      break;
    default:
  }
  return { state, contentType: 'application/x-temporal-payload', body: PAYLOAD.encode(payload) };
}

function failed(state: 'failed' | 'canceled', failure: Failure): Completion {
  return {
    state,
    contentType: 'application/json',
    body: new TextEncoder().encode(JSON.stringify(nexusFailure(failure))),
  };
}

/** A failure in Nexus' form, with the rest of it as details. Temporal: common/nexus/failure.go. */
function nexusFailure({ message, stackTrace, ...rest }: Failure): object {
  const details = toJson(FAILURE_TYPE, rest);
  return {
    ...(message && { message }),
    ...(stackTrace && { stackTrace }),
    metadata: { type: FAILURE_TYPE },
    details,
    ...(rest.cause && { cause: nexusFailure(rest.cause) }),
  };
}

/** Where the run is to be found. Temporal: common/nexus/link_converter.go. */
function linkHeader(about: NonNullable<CallbackCall['about']>, namespace: string): string {
  const { workflowId = '', runId = '', eventRef, requestIdRef } = about;
  const path = [namespace, workflowId, runId].map(encodeURIComponent);
  const eventType = enumName(EventType, (eventRef ?? requestIdRef)?.eventType ?? EventType.Unspecified);
  const query =
    requestIdRef === undefined
      ? { eventID: String(eventRef?.eventId ?? 1), eventType, referenceType: 'EventReference' }
      : { eventType, referenceType: 'RequestIdReference', requestID: requestIdRef.requestId ?? '' };
  const url = `temporal:///namespaces/${path[0]}/workflows/${path[1]}/${path[2]}/history?${String(new URLSearchParams(query))}`;
  return `<${url}>; type="temporal.api.common.v1.Link.WorkflowEvent"`;
}
