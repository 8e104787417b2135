import { reportReachable } from './connection.ts';
import { type EndpointName, endpoints, type ReplyOf, type RequestOf } from './endpoints.ts';
import { ApiError, GrpcCode } from './errors.ts';
import { toHttpRequest } from './http-request.ts';
import { mountPath } from './mount-path.ts';
import { mayGoOn, reportAnswered, reportOver } from './session.ts';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls a method of the server with its request as proto3 JSON. Throws `ApiError` with the server's own message and
 * code, and one of code `unavailable` where nothing answers.
 */
export async function call<Name extends EndpointName>(
  name: Name,
  request: RequestOf<Name>,
  { signal }: CallOptions = {},
): Promise<ReplyOf<Name>> {
  const { method, path, body } = toHttpRequest(endpoints[name], request);
  const reply = await exchange(method, `api/v1${path}`, body, signal);
  reportAnswered();
  return reply as ReplyOf<Name>;
}

/** Reads JSON that is served beside the methods, such as `api/v1/settings`. */
export async function getJson(path: string, { signal }: CallOptions = {}): Promise<unknown> {
  return exchange('GET', path, undefined, signal);
}

async function exchange(
  method: string,
  path: string,
  body: object | undefined,
  signal?: AbortSignal,
): Promise<unknown> {
  const url = `${mountPath}${path}`;
  let response = await send(method, url, body, signal);
  if (response.status === UNAUTHENTICATED && (await mayGoOn())) {
    response = await send(method, url, body, signal);
    if (response.status === UNAUTHENTICATED) await reportOver();
  }
  const text = await response.text();
  const reply = parse(text);
  if (response.ok && reply !== undefined) return reply;
  throw refusal(response.status, reply);
}

async function send(method: string, url: string, body: object | undefined, signal?: AbortSignal): Promise<Response> {
  try {
    const response = await fetch(url, {
      method,
      headers: method === 'GET' ? readHeaders() : writeHeaders(),
      credentials: 'same-origin',
      ...(body && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    // A gateway that stands before the server answers so when the server is away.
    reportReachable(response.status !== 502 && response.status !== 504);
    return response;
  } catch (error) {
    if (signal?.aborted) throw error;
    reportReachable(false);
    throw new ApiError(GrpcCode.unavailable, 'The server does not answer.');
  }
}

function readHeaders(): Record<string, string> {
  return { accept: 'application/json', 'caller-type': 'operator', 'x-dot-segments': 'escaped' };
}

/** A write shows that it comes from this page: the server compares the header with its cookie. */
function writeHeaders(): Record<string, string> {
  const token = /(?:^|;\s*)_csrf=([^;]*)/.exec(document.cookie)?.[1];
  return {
    ...readHeaders(),
    'content-type': 'application/json',
    ...(token !== undefined && { 'x-csrf-token': decodeURIComponent(token) }),
  };
}

const UNAUTHENTICATED = 401;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const codeByHttpStatus: Readonly<Record<number, number>> = {
  400: GrpcCode.invalidArgument,
  401: GrpcCode.unauthenticated,
  403: GrpcCode.permissionDenied,
  404: GrpcCode.notFound,
  409: GrpcCode.alreadyExists,
  501: GrpcCode.unimplemented,
  502: GrpcCode.unavailable,
  503: GrpcCode.unavailable,
  504: GrpcCode.deadlineExceeded,
};

function refusal(status: number, reply: unknown): ApiError {
  const { code, message, details } = (reply ?? {}) as { code?: number; message?: string; details?: unknown[] };
  return new ApiError(
    code ?? codeByHttpStatus[status] ?? 2,
    message ?? `The server answered with HTTP ${status}.`,
    details ?? [],
  );
}
