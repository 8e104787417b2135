import type { IncomingMessage, ServerResponse } from 'node:http';
import { GrpcStatus, isRejection, type Rejection } from '@perdure/core';
import {
  fromJson,
  JsonError,
  parseExactJson,
  type PayloadStyle,
  statusToJson,
  toJson,
  withDefaults,
} from '@perdure/proto';
import { type HttpBinding, type HttpField, setPathField, setQueryFields } from '@perdure/proto/http';
import type { Handler, HandlerTable } from '../../rpc/handler.ts';
import { defaultBounds, type TransportBounds } from '../bounds.ts';
import { Call, CallEnd } from '../call.ts';
import { parseTimeout } from '../grpc/headers.ts';
import { unroutedAnswer } from '../grpc/router.ts';
import { replyMessage } from '../reply-message.ts';
import { certificateNames } from '../tls.ts';
import { type ReportError, type StatusAnswer, statusAnswer } from '../unary.ts';
import { ApiDocuments } from './api-documents.ts';
import { readBody } from './body.ts';
import { chooseFormat, type HttpFormat } from './format.ts';
import { httpStatusOf } from './http-status.ts';
import { callHeaders } from './metadata.ts';
import type { RequestUrl } from './request-url.ts';
import { makeRouteFinder } from './routes.ts';

/** What serving the methods over HTTP takes. */
export interface JsonApiOptions {
  readonly handlers: HandlerTable;
  /** The host's clock, milliseconds. */
  readonly now: () => number;
  readonly reportError: ReportError;
  /** How payloads are read and shown where the request does not say; `full` where it may not say. */
  readonly payloads: PayloadStyle;
  /** As which client callers count that do not say who they are. */
  readonly clientName: string;
  /** Refuses calls of a method with such a message before its handler sees them; undefined: none. */
  readonly refuse?: ((method: string, message: object) => StatusAnswer | undefined) | undefined;
  /** What differs from `defaultBounds`. */
  readonly bounds?: Partial<TransportBounds>;
}

/** A status as a refusal or the transport has it. */
type Status = Pick<Rejection, 'message' | 'detail'> & { readonly status: number };

const NOT_FOUND = statusAnswer(GrpcStatus.NotFound, 'Not Found');
const OTHER_VERB = statusAnswer(GrpcStatus.Unimplemented, 'Method Not Allowed');
/** Text: Go's net/http. */
const BODY_TOO_LARGE = statusAnswer(GrpcStatus.InvalidArgument, 'http: request body too large');
const DEADLINE_EXCEEDED = statusAnswer(GrpcStatus.DeadlineExceeded, 'context deadline exceeded');
const BODY_BROKEN = statusAnswer(GrpcStatus.InvalidArgument, 'unexpected EOF');

/**
 * HTTP status of a body that is no JSON by its own account. A page of another origin can make a browser send forms and
 * plain text, but JSON only if we allowed it beforehand.
 */
const UNSUPPORTED_MEDIA_TYPE = 415;
const NOT_JSON = statusAnswer(GrpcStatus.InvalidArgument, 'the body must be sent with Content-Type: application/json');

/** The longest delay that a timer of Node.js takes; a deadline beyond it needs no timer. */
const TIMER_DELAY_MAX_MS = 2 ** 31 - 1;

/** The methods as JSON over HTTP, under the paths of `google.api.http`: the same handlers as gRPC has. */
export class JsonApi {
  readonly #options: JsonApiOptions;
  readonly #findRoute = makeRouteFinder();
  readonly #documents: ApiDocuments;
  readonly #calls = new Set<Call>();
  #isDraining = false;

  constructor(options: JsonApiOptions) {
    this.#options = options;
    this.#documents = new ApiDocuments(options.handlers);
  }

  /** Lets long polls answer what they have. */
  drain(): void {
    this.#isDraining = true;
    for (const call of this.#calls) call.end(CallEnd.Draining);
  }

  /** Answers one request. Never rejects. */
  async serve(request: IncomingMessage, response: ServerResponse, url: RequestUrl): Promise<void> {
    const format = chooseFormat(request.headers, url.query, this.#options.payloads);
    const document = request.method === 'GET' ? this.#documents.find(url.segments) : undefined;
    if (document !== undefined) return send(response, 200, document.contentType, document.text);
    const route = this.#findRoute(request.method ?? '', url.segments);
    if (route.kind === 'none') return sendStatus(response, format, NOT_FOUND);
    if (route.kind === 'other verb') return sendStatus(response, format, OTHER_VERB);
    const { binding, fields } = route;
    let body = '';
    if (binding.hasBody) {
      const read = await readBody(
        request,
        this.#options.bounds?.messageSizeBytesMax ?? defaultBounds.messageSizeBytesMax,
      );
      if (read.kind === 'too large') response.setHeader('connection', 'close');
      if (read.kind === 'too large') return sendStatus(response, format, BODY_TOO_LARGE);
      if (read.kind === 'broken') return sendStatus(response, format, BODY_BROKEN);
      body = read.text;
      if (!isJsonType(request.headers['content-type'], body)) {
        return sendStatus(response, format, NOT_JSON, UNSUPPORTED_MEDIA_TYPE);
      }
    }
    try {
      await this.#call(binding, readRequest(binding, fields, url, body, format), request, response, format);
    } catch (error) {
      if (error instanceof JsonError || error instanceof SyntaxError) {
        return sendStatus(response, format, statusAnswer(GrpcStatus.InvalidArgument, error.message));
      }
      this.#options.reportError(error, binding.method.path);
      sendStatus(response, format, statusAnswer(GrpcStatus.Internal, 'internal error'));
    }
  }

  async #call(
    { method }: HttpBinding,
    message: object,
    request: IncomingMessage,
    response: ServerResponse,
    format: HttpFormat,
  ): Promise<void> {
    const handler: Handler | undefined = this.#options.handlers.get(method.path);
    if (handler === undefined) return sendStatus(response, format, unroutedAnswer(method.path, this.#options.handlers));
    const refused = this.#options.refuse?.(method.path.split('/').at(-1) ?? '', message);
    if (refused !== undefined) return sendStatus(response, format, refused);
    const { call, settle } = this.#openCall(request, response, format);
    try {
      const reply = await handler(message as never, call);
      if (isRejection(reply)) return sendStatus(response, format, reply);
      const json = toJson(method.replyType, replyMessage(reply), { payloads: format.reply });
      for (const [name, value] of Object.entries(call.replyHeaders ?? {}))
        response.setHeader(`grpc-metadata-${name}`, value);
      response.once('close', () => {
        if (!response.writableFinished) call.undelivered();
      });
      if (response.destroyed || response.writableEnded) call.undelivered();
      else sendJson(response, format, 200, json);
    } finally {
      settle();
    }
  }

  /** A call that ends when the client goes away, its deadline passes or the server stops. */
  #openCall(
    request: IncomingMessage,
    response: ServerResponse,
    format: HttpFormat,
  ): { call: Call; settle: () => void } {
    const timeoutMs = parseTimeout(request.headers['grpc-timeout']);
    const deadlineMs = timeoutMs === undefined ? undefined : this.#options.now() + timeoutMs;
    const { clientName } = this.#options;
    const call = new Call({
      deadlineMs,
      headers: () => callHeaders(request.headers, clientName),
      certificateNames: certificateNames(request.socket),
    });
    const timer =
      timeoutMs === undefined || timeoutMs > TIMER_DELAY_MAX_MS
        ? undefined
        : setTimeout(() => {
            call.end(CallEnd.DeadlineExceeded);
            sendStatus(response, format, DEADLINE_EXCEEDED);
          }, timeoutMs);
    const gone = (): void => call.end(CallEnd.Canceled);
    response.once('close', gone);
    this.#calls.add(call);
    if (this.#isDraining) call.end(CallEnd.Draining);
    const settle = (): void => {
      clearTimeout(timer);
      response.off('close', gone);
      this.#calls.delete(call);
    };
    return { call, settle };
  }
}

/** The request as its handler takes it. Throws `JsonError` or `SyntaxError`. */
function readRequest(
  { method, hasBody }: HttpBinding,
  fields: readonly HttpField[],
  { query }: RequestUrl,
  body: string,
  { request: payloads }: HttpFormat,
): object {
  const { requestType } = method;
  const message = body === '' ? {} : fromJson(requestType, parseExactJson(body), { payloads });
  if (!hasBody) setQueryFields(requestType, message, query, new Set(fields.map(({ path }) => path.join('.'))));
  for (const field of fields) setPathField(requestType, message, field);
  return withDefaults(requestType, message);
}

function isJsonType(contentType: string | undefined, body: string): boolean {
  if (contentType === undefined) return body === '';
  return /^application\/json(?:$|[+;\s])/i.test(contentType);
}

/** Answers with a status that is not OK, as `google.rpc.Status`. */
export function sendStatus(
  response: ServerResponse,
  format: HttpFormat,
  { status, message, detail }: Status,
  httpStatus = httpStatusOf(status),
): void {
  sendJson(response, format, httpStatus, statusToJson({ status, message, ...(detail && { detail }) }));
}

function sendJson(
  response: ServerResponse,
  { isPretty, contentType }: HttpFormat,
  status: number,
  json: unknown,
): void {
  send(response, status, contentType, JSON.stringify(json, undefined, isPretty ? 2 : undefined));
}

function send(response: ServerResponse, status: number, contentType: string, text: string): void {
  if (response.destroyed || response.writableEnded) return;
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}
