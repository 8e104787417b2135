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

function refusalOf({ status, statusText, headers }: HttpReply): Rejection {
  const known = ERRORS.get(status);
  const words =
    known === undefined ? `unexpected response status: "${status} ${statusText}"` : `handler error (${known[0]})`;
  const said = headers.get('nexus-request-retryable')?.toLowerCase();
  const retryable = said === 'true' || (said !== 'false' && (known?.[1] ?? true));
  return retryable ? reject.unavailable(words) : reject.failedPrecondition(words);
}

/** What `fetch` says of a failure stands in its cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}
