import { reject, type CallbackCall, type Rejection } from '@perdure/core';
import type { Host, HttpReply } from '../host/host.ts';
import { isSystemUrl } from './address-rules.ts';
import { completionRequest } from './completion-request.ts';

/** What the statuses of Nexus stand for, and whether another attempt may have more luck. */
const ERRORS: ReadonlyMap<number, readonly [type: string, retryable: boolean]> = new Map([
  [400, ['BAD_REQUEST', false]],
  [401, ['UNAUTHENTICATED', false]],
  [403, ['UNAUTHORIZED', false]],
  [404, ['NOT_FOUND', false]],
  [408, ['REQUEST_TIMEOUT', true]],
  [409, ['CONFLICT', false]],
  [429, ['RESOURCE_EXHAUSTED', true]],
  [500, ['INTERNAL', true]],
  [501, ['NOT_IMPLEMENTED', false]],
  [503, ['UNAVAILABLE', true]],
  [520, ['UPSTREAM_TIMEOUT', true]],
]);

/**
 * One attempt to call back: a success, or a refusal, UNAVAILABLE where it may be repeated.
 * Temporal: components/callbacks/nexus_invocation.go.
 */
export async function callOut(
  host: Host,
  call: CallbackCall,
  { namespace, timeoutMs }: { readonly namespace: string; readonly timeoutMs: number },
): Promise<{ readonly runId: string } | Rejection> {
  // The server calls itself for operations of Nexus only, with a token; nobody has been given one.
  if (isSystemUrl(call.url)) return reject.failedPrecondition('handler error (BAD_REQUEST): invalid callback token');
  try {
    const reply = await host.post(completionRequest(call, namespace, timeoutMs));
    return reply.status >= 200 && reply.status < 300 ? { runId: '' } : refusalOf(reply);
  } catch (error) {
    return reject.unavailable(`Post ${JSON.stringify(call.url)}: ${reasonOf(error)}`);
  }
}

/** Temporal: common/nexus/nexusrpc/client.go, bestEffortHandlerErrorFromResponse, and failure_converter.go. */
function refusalOf(reply: HttpReply): Rejection {
  const failure = failureIn(reply);
  const { type, retryableOverride } = failure?.metadata?.type === 'nexus.HandlerError' ? (failure.details ?? {}) : {};
  const message = failure?.message ? `: ${failure.message}` : '';
  if (type !== undefined) {
    const retryable = typeof retryableOverride === 'boolean' ? retryableOverride : isRetryable(type);
    return refusal(`handler error (${type || 'INTERNAL'})${message}`, retryable);
  }
  const { status, statusText, headers } = reply;
  const known = ERRORS.get(status);
  const words =
    known === undefined
      ? `unexpected response status: "${status} ${statusText}"${message}`
      : `handler error (${known[0]})`;
  const said = headers.get('nexus-request-retryable')?.toLowerCase();
  return refusal(words, said === 'true' || (said !== 'false' && (known?.[1] ?? true)));
}

function refusal(words: string, retryable: boolean): Rejection {
  return retryable ? reject.unavailable(words) : reject.failedPrecondition(words);
}

function isRetryable(type: string): boolean {
  for (const [known, retryable] of ERRORS.values()) if (known === type) return retryable;
  return true;
}

/** A failure as Nexus has it, as far as it matters here. */
interface NexusFailure {
  readonly message?: string;
  readonly metadata?: { readonly type?: string };
  readonly details?: { readonly type?: string; readonly retryableOverride?: unknown };
}

/** What the answer says of the reason; undefined where it says nothing in Nexus' terms. */
function failureIn({ headers, body }: HttpReply): NexusFailure | undefined {
  if (!/^application\/json *(?:;|$)/i.test(headers.get('content-type') ?? '')) return undefined;
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(body));
    return isFailure(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

function isFailure(json: unknown): json is NexusFailure {
  if (typeof json !== 'object' || json === null) return false;
  const { message, metadata, details } = json as Record<string, unknown>;
  return isText(message) && hasText(metadata, 'type') && hasText(details, 'type');
}

function isText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function hasText(part: unknown, name: string): boolean {
  return (
    part === undefined || (typeof part === 'object' && part !== null && isText((part as Record<string, unknown>)[name]))
  );
}

/** What `fetch` says of a failure stands in its cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}
