import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GrpcStatus } from '@perdure/core';
import { answerProbe, type Readiness } from '../../observability/readiness.ts';
import { defaultBounds, type TransportBounds } from '../bounds.ts';
import { ListenError } from '../listen-error.ts';
import type { Authenticator } from '../../security/authenticator.ts';
import { certificateNames, type TlsIdentity } from '../tls.ts';
import { type StatusAnswer, statusAnswer } from '../unary.ts';
import { chooseFormat } from './format.ts';
import { JsonApi, type JsonApiOptions, sendStatus } from './json-api.ts';
import { type AllowedHosts, allowedHosts, isOwnHost, isOwnOrigin } from './origin.ts';
import { parseRequestUrl, type RequestUrl, withDotSegments } from './request-url.ts';

/** How long a client may take to send its headers. */
const HEADERS_TIMEOUT_MS = 10_000;

/** All headers together: a query of 15,000 characters, percent-encoded, fits. */
const HEADERS_SIZE_BYTES_MAX = 64 * 1024;

const HOST_REFUSED = statusAnswer(GrpcStatus.PermissionDenied, 'Host not allowed');
const WRITE_REFUSED = statusAnswer(GrpcStatus.PermissionDenied, 'Write actions are disabled');
const ORIGIN_REFUSED = statusAnswer(GrpcStatus.PermissionDenied, 'Origin not allowed');
/** gRPC status UNAUTHENTICATED, which no refusal has. */
const STATUS_UNAUTHENTICATED = 16;
const SIGN_IN_NEEDED = statusAnswer(STATUS_UNAUTHENTICATED, 'Sign in first');

/** What is served beside the calls of methods. */
export interface Site {
  /** Whether these segments of a path are the site's. */
  owns(segments: readonly string[]): boolean;
  serve(request: IncomingMessage, response: ServerResponse, url: RequestUrl): Promise<void> | void;
}

/** Gives the calls of browsers that have signed in their credentials. */
export interface SessionCalls {
  /** Sets them in the request's headers; gives an answer where they cannot be known for now. */
  attach(request: IncomingMessage): Promise<StatusAnswer | undefined>;
}

/** What an HTTP server needs. */
export interface HttpServerOptions extends JsonApiOptions {
  /** Address to listen on, such as `127.0.0.1`. */
  readonly host: string;
  /** Port to listen on; 0 takes a free one. */
  readonly port: number;
  /** Undefined: callers are served without TLS. */
  readonly tls?: TlsIdentity | undefined;
  readonly readiness: Readiness;
  /**
   * Names under which the server may be called, beside `localhost`, its own address and literal ones; `*` stands for any
   * characters.
   */
  readonly allowedHosts: readonly string[];
  /** Asked before anything is served to a browser, which then asks its user; undefined: everybody is served. */
  readonly gatekeeper?: Authenticator | undefined;
  /**
   * How browsers sign in; undefined: they ask their user. With it the site is there for everybody, as it has the page to
   * sign in at; only the API asks who calls.
   */
  readonly signIn?: SessionCalls | undefined;
  /** Whether only reads are served: whatever is asked for by GET, and queries of workflows. */
  readonly isReadOnly?: boolean;
  /** Segments before all paths, as where a proxy leads from; none for `/`. */
  readonly mountPath?: readonly string[];
  /** Asked first for each path; the rest are the API's. */
  readonly site?: Site;
}

/**
 * Serves the methods as JSON over HTTP, and pages beside them. Nothing is answered to a page of another origin: there is
 * no CORS, and a request whose `Host` or `Origin` is not ours is refused.
 */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #api: JsonApi;
  readonly #isAllowedHost: AllowedHosts;
  readonly #server: Server;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#api = new JsonApi(options);
    this.#isAllowedHost = allowedHosts([options.host, ...options.allowedHosts]);
    const bounds = { ...defaultBounds, ...options.bounds };
    this.#server = createServer(options.tls, bounds, (request, response) => {
      // A peer that is gone: the 'close' that follows ends what was under way.
      response.on('error', () => {});
      this.#serve(request, response).catch((error: unknown) => {
        options.reportError(error, request.url ?? '');
        response.destroy();
      });
    });
    this.#server.maxConnections = bounds.connectionsMax;
  }

  /** Listens. Resolves with the port; rejects with `ListenError`, as when the port is taken. */
  start(): Promise<number> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => reject(new ListenError(host, port, error));
      this.#server.once('error', fail);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', fail);
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /**
   * Stops gracefully: no new connections, long polls answer. What has not ended after the grace is cut off. Resolves when
   * all connections are closed.
   */
  async drain(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#api.drain();
    const force = setTimeout(() => this.#server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(force);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const probe = answerProbe(request.url ?? '', this.#options.readiness);
    if (probe !== undefined) {
      response.writeHead(probe.status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      return void response.end(probe.body);
    }
    const url = parseRequestUrl(request.url ?? '');
    const query = 'invalid' in url ? new URLSearchParams() : url.query;
    const format = chooseFormat(request.headers, query, this.#options.payloads);
    const { host, origin } = request.headers;
    if (!isOwnHost(host, this.#isAllowedHost)) return sendStatus(response, format, HOST_REFUSED);
    if (!isOwnOrigin({ host, origin })) return sendStatus(response, format, ORIGIN_REFUSED);
    const { signIn } = this.#options;
    if (signIn === undefined && !(await this.#isKnown(request))) return challenge(response);
    if ('invalid' in url) return sendStatus(response, format, statusAnswer(GrpcStatus.InvalidArgument, url.invalid));
    const { site, mountPath = [] } = this.#options;
    if (!mountPath.every((segment, index) => segment === url.segments[index])) {
      return sendStatus(response, format, statusAnswer(GrpcStatus.NotFound, 'Not Found'));
    }
    const inner = { query: url.query, segments: url.segments.slice(mountPath.length) };
    if (signIn !== undefined && inner.segments[0] === 'api') {
      const unknown = await signIn.attach(request);
      if (unknown !== undefined) return sendStatus(response, format, unknown);
    }
    if (site?.owns(inner.segments) === true) return site.serve(request, response, inner);
    if (signIn !== undefined && !(await this.#isKnown(request))) return sendStatus(response, format, SIGN_IN_NEEDED);
    if (this.#options.isReadOnly === true && !isRead(request.method, inner.segments)) {
      return sendStatus(response, format, WRITE_REFUSED);
    }
    const isEscaped = request.headers['x-dot-segments'] === 'escaped';
    return this.#api.serve(request, response, isEscaped ? withDotSegments(inner) : inner);
  }

  async #isKnown({ headers, socket }: IncomingMessage): Promise<boolean> {
    const { gatekeeper } = this.#options;
    if (gatekeeper === undefined) return true;
    const { authorization } = headers;
    return (await gatekeeper.identify({ authorization, certificateNames: certificateNames(socket) })) !== undefined;
  }
}

/** A query is asked for by POST, and changes nothing: `…/workflows/{id}/query/{type}`. */
function isRead(method: string | undefined, segments: readonly string[]): boolean {
  return method === 'GET' || (segments.at(-2) === 'query' && segments.at(-4) === 'workflows');
}

/** Asks a browser for the name and the password of its user: any name, and the API key or the token for a password. */
function challenge(response: ServerResponse): void {
  const text = 'Give an API key or a token as the password.\n';
  response.writeHead(401, {
    'www-authenticate': 'Basic realm="Perdure", charset="UTF-8"',
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}

// An `import` of these modules would also load Node's HTTP client, for 20 ms of a start.
function createServer(
  tls: TlsIdentity | undefined,
  { messageTimeoutMs }: TransportBounds,
  listener: RequestListener,
): Server {
  const options = {
    headersTimeout: Math.min(HEADERS_TIMEOUT_MS, messageTimeoutMs),
    requestTimeout: messageTimeoutMs,
    maxHeaderSize: HEADERS_SIZE_BYTES_MAX,
  };
  if (tls === undefined) return process.getBuiltinModule('node:http').createServer(options, listener);
  const https = process.getBuiltinModule('node:https');
  const server = https.createServer({ ...options, ...tls.options() }, listener);
  tls.onReplace((replaced) => server.setSecureContext(replaced));
  return server;
}
