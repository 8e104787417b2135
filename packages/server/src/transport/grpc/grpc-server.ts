import http2, {
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { GrpcStatus } from '@perdure/core';
import { ServiceName } from '@perdure/proto';
import type { HandlerTable } from '../../rpc/handler.ts';
import { defaultBounds, type TransportBounds } from '../bounds.ts';
import { Call, CallEnd } from '../call.ts';
import { ListenError } from '../listen-error.ts';
import { certificateNames, type TlsIdentity } from '../tls.ts';
import { type Answer, type ReportError, serveUnary, STATUS_UNKNOWN, statusAnswer } from '../unary.ts';
import { boundControlFrames } from './flood.ts';
import { InboundBudget } from './frames.ts';
import { GrpcStream, stopCaller, type StreamListener } from './grpc-stream.ts';
import { parseTimeout, replyHeaders, requestHeaders, statusTrailers } from './headers.ts';
import { Health } from './health.ts';
import { defaultKeepalive, type KeepaliveOptions, superviseSession } from './keepalive.ts';
import { reflectionHandler } from './reflection.ts';
import { makeRoutes, type Route, type RouteTable, serviceOf, type StreamHandler, unroutedAnswer } from './router.ts';

const MEBIBYTE = 1024 * 1024;

/** The longest delay that a timer of Node.js takes; a deadline beyond it (24 days) needs no timer. */
const TIMER_DELAY_MAX_MS = 2 ** 31 - 1;

/** How much a caller may send ahead, for each stream and for each connection. */
const STREAM_WINDOW_BYTES = MEBIBYTE;
const CONNECTION_WINDOW_BYTES = 8 * MEBIBYTE;

/** How often messages that are late are looked for while one may be on its way. */
const MESSAGE_TIMEOUT_CHECKS = 6;

/** What a gRPC server needs. */
export interface GrpcServerOptions {
  /** Address to listen on, such as `127.0.0.1`. */
  readonly host: string;
  /** Port to listen on; 0 takes a free one. */
  readonly port: number;
  /** Undefined: callers are served without TLS. */
  readonly tls?: TlsIdentity | undefined;
  readonly handlers: HandlerTable;
  /** The host's clock, milliseconds. */
  readonly now: () => number;
  /** Takes exceptions of handlers. */
  readonly reportError: ReportError;
  /** Whether callers may ask what is served. Default: true. */
  readonly hasReflection?: boolean;
  /** What differs from `defaultBounds`. */
  readonly bounds?: Partial<TransportBounds>;
  /** What differs from `defaultKeepalive`. */
  readonly keepalive?: Partial<KeepaliveOptions>;
}

/**
 * Serves handlers over gRPC, with health and reflection. It stands on node:http2 rather than on @grpc/grpc-js, whose
 * server has no place for the texts that SDKs look for, loses cancellations of compressed requests and costs more; what
 * it does is held against the real client of @grpc/grpc-js in the tests.
 */
export class GrpcServer {
  readonly health = new Health();
  readonly #options: GrpcServerOptions;
  readonly #bounds: TransportBounds;
  readonly #keepalive: KeepaliveOptions;
  readonly #routes: RouteTable;
  readonly #server: Http2Server | Http2SecureServer;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #calls = new Set<Call>();
  readonly #budget: InboundBudget;
  /** Calls whose message has not come yet, with the instant since when; the oldest first. */
  readonly #awaited = new Map<GrpcStream, number>();
  #awaitedTimer: NodeJS.Timeout | undefined;
  #isDraining = false;

  constructor(options: GrpcServerOptions) {
    this.#options = options;
    this.#bounds = { ...defaultBounds, ...options.bounds };
    this.#budget = new InboundBudget(this.#bounds.inboundSizeBytesMax);
    this.#keepalive = { ...defaultKeepalive, ...options.keepalive };
    this.#routes = this.#makeRoutes(options.handlers);
    this.#server = createServer(options.tls, this.#bounds);
    this.#server.on('session', (session: ServerHttp2Session) => this.#openSession(session));
    // A peer that speaks no HTTP/2 or breaks its rules: its connection is already closed.
    this.#server.on('sessionError', () => {});
  }

  #makeRoutes(handlers: HandlerTable): RouteTable {
    const own = [ServiceName.Health, ServiceName.ReflectionV1, ServiceName.ReflectionV1alpha];
    const services = [...new Set([...handlers.keys()].map(serviceOf)), ...own];
    const streams = new Map<string, StreamHandler>([[`/${ServiceName.Health}/Watch`, this.health.watch]]);
    if (this.#options.hasReflection ?? true) {
      streams.set(`/${ServiceName.ReflectionV1}/ServerReflectionInfo`, reflectionHandler('v1', services));
      streams.set(`/${ServiceName.ReflectionV1alpha}/ServerReflectionInfo`, reflectionHandler('v1alpha', services));
    }
    return makeRoutes(new Map([...handlers, [`/${ServiceName.Health}/Check`, this.health.check]]), streams);
  }

  /** Listens. Resolves with the port; rejects with `ListenError`, as when the port is taken. */
  start(): Promise<number> {
    const { host, port } = this.#options;
    const { messageTimeoutMs } = this.#bounds;
    this.#awaitedTimer = setInterval(
      () => this.#refuseLate(messageTimeoutMs),
      messageTimeoutMs / MESSAGE_TIMEOUT_CHECKS,
    );
    this.#awaitedTimer.unref();
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => reject(new ListenError(host, port, error));
      this.#server.once('error', fail);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', fail);
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /**
   * Says that the server is about to stop, and still serves: whoever watches its health goes elsewhere.
   */
  announceDrain(): void {
    this.health.setServing(false);
  }

  /**
   * Stops gracefully: health says NOT_SERVING, new connections are refused, callers are told to go elsewhere, signals of
   * running calls are aborted so that long polls answer. What has not ended after the grace is cut off. Resolves when
   * all connections are closed; safe to call twice.
   */
  async drain(graceMs: number): Promise<void> {
    this.#isDraining = true;
    this.announceDrain();
    this.health.endWatching();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const session of this.#sessions) session.close();
    for (const call of this.#calls) call.end(CallEnd.Draining);
    const force = setTimeout(() => {
      for (const session of this.#sessions) session.destroy();
    }, graceMs);
    await closed;
    clearTimeout(force);
    clearInterval(this.#awaitedTimer);
  }

  #openSession(session: ServerHttp2Session): void {
    this.#sessions.add(session);
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    const names = certificateNames(session.socket);
    session.on('stream', (stream, headers, _flags, rawHeaders) => this.#openStream(stream, headers, rawHeaders, names));
    session.once('close', () => this.#sessions.delete(session));
    // Follows from the peer's doing; its streams are told by their own 'close'.
    session.on('error', () => {});
    superviseSession(session, this.#keepalive);
    boundControlFrames(session, this.#bounds);
    if (this.#isDraining) session.close();
  }

  #openStream(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    rawHeaders: readonly string[],
    names: readonly string[],
  ): void {
    // A stream that breaks is closed next, and that is when its call ends.
    stream.on('error', () => {});
    const timeoutMs = parseTimeout(headers['grpc-timeout']);
    const problem = httpProblem(headers, timeoutMs);
    if (problem !== undefined) {
      stream.respond(problem, { endStream: true });
      stopCaller(stream);
      return;
    }
    const encoding = headers['grpc-encoding'];
    const grpc = new GrpcStream(stream, {
      contentType: headers['content-type'] ?? '',
      encoding: typeof encoding === 'string' ? encoding : undefined,
      messageSizeBytesMax: this.#bounds.messageSizeBytesMax,
      budget: this.#budget,
    });
    const path = headers[':path'] ?? '';
    const route = this.#routes.get(path);
    if (route === undefined) {
      grpc.refuse(unroutedAnswer(path, this.#routes));
      return;
    }
    const deadlineMs = timeoutMs === undefined ? undefined : this.#options.now() + timeoutMs;
    const call = new Call({ deadlineMs, headers: () => requestHeaders(rawHeaders), certificateNames: names });
    this.#openCall(grpc, route, call, timeoutMs);
  }

  #openCall(grpc: GrpcStream, route: Route, call: Call, timeoutMs: number | undefined): void {
    const deadline = startDeadline(timeoutMs, grpc, call);
    const listener = route.kind === 'unary' ? this.#unaryListener(route, grpc, call) : route.handler(grpc, call);
    this.#calls.add(call);
    if (this.#isDraining) call.end(CallEnd.Draining);
    grpc.listen({
      message: (bytes) => listener.message(bytes),
      halfClose: () => listener.halfClose(),
      closed: (isDelivered) => {
        clearTimeout(deadline);
        this.#calls.delete(call);
        if (!grpc.isFinished) call.end(CallEnd.Canceled);
        listener.closed(isDelivered);
      },
    });
  }

  #unaryListener(route: Extract<Route, { kind: 'unary' }>, grpc: GrpcStream, call: Call): StreamListener {
    let state: 'waiting' | 'handling' | 'replied' = 'waiting';
    this.#awaited.set(grpc, performance.now());
    return {
      message: (bytes) => {
        this.#awaited.delete(grpc);
        // Of a caller that breaks the rules and sends more, the first message counts, as with grpc-go.
        if (state !== 'waiting') return;
        state = 'handling';
        void serveUnary(route.method, route.handler, bytes, call, this.#options.reportError).then((answer) => {
          const isReply = answer.kind === 'reply';
          if (isReply && (grpc.isClosed || grpc.isFinished)) call.undelivered();
          if (isReply) state = 'replied';
          this.#answer(answer, grpc, call, route.method.path);
        });
      },
      halfClose: () => {
        if (state === 'waiting') grpc.finish(statusAnswer(STATUS_UNKNOWN, 'EOF'));
      },
      closed: (isDelivered) => {
        this.#awaited.delete(grpc);
        if (state === 'replied' && !isDelivered) call.undelivered();
      },
    };
  }

  /** Lets nobody hold a call open by sending its message slowly, or not at all. */
  #refuseLate(messageTimeoutMs: number): void {
    const latest = performance.now() - messageTimeoutMs;
    for (const [grpc, since] of this.#awaited) {
      if (since > latest) return;
      this.#awaited.delete(grpc);
      grpc.refuse(statusAnswer(GrpcStatus.DeadlineExceeded, 'the request did not arrive in time'));
    }
  }

  #answer(answer: Answer, grpc: GrpcStream, call: Call, path: string): void {
    try {
      if (answer.kind === 'reply') grpc.reply(answer.bytes, call.replyHeaders);
      else grpc.finish(answer, call.replyHeaders);
    } catch (error) {
      // Such as a reply header that HTTP/2 does not allow.
      this.#options.reportError(error, path);
      grpc.break();
    }
  }
}

function createServer(tls: TlsIdentity | undefined, bounds: TransportBounds): Http2Server | Http2SecureServer {
  const options = {
    settings: { initialWindowSize: STREAM_WINDOW_BYTES, maxConcurrentStreams: bounds.streamsMax },
    // Details of errors travel in headers and may be as large as a payload.
    maxSendHeaderBlockLength: Number.MAX_SAFE_INTEGER,
    streamResetBurst: bounds.streamResetsMax,
    streamResetRate: bounds.streamResetsPerSecond,
  };
  if (tls === undefined) return limited(http2.createServer(options), bounds);
  const server = http2.createSecureServer({ ...options, ...tls.options() });
  tls.onReplace((replaced) => server.setSecureContext(replaced));
  return limited(server, bounds);
}

function limited<Server extends Http2Server | Http2SecureServer>(
  server: Server,
  { connectionsMax }: TransportBounds,
): Server {
  server.maxConnections = connectionsMax;
  return server;
}

/** Ends the call at its deadline, for callers that are too far gone to cancel it themselves. */
function startDeadline(timeoutMs: number | undefined, grpc: GrpcStream, call: Call): NodeJS.Timeout | undefined {
  if (timeoutMs === undefined || timeoutMs > TIMER_DELAY_MAX_MS) return undefined;
  return setTimeout(() => {
    call.end(CallEnd.DeadlineExceeded);
    grpc.refuse(statusAnswer(GrpcStatus.DeadlineExceeded, 'context deadline exceeded'));
  }, timeoutMs);
}

/** Headers that refuse a request which is no gRPC call, in the words of grpc-go; undefined for one that is. */
function httpProblem(headers: IncomingHttpHeaders, timeoutMs: number | undefined): OutgoingHttpHeaders | undefined {
  const method = headers[':method'] ?? '';
  const contentType = headers['content-type'] ?? '';
  const refusal = (httpStatus: number, status: number, message: string): OutgoingHttpHeaders => ({
    ...replyHeaders('application/grpc', {}),
    ':status': httpStatus,
    ...statusTrailers(statusAnswer(status, message)),
  });
  if (method !== 'POST') {
    const message = `Received a HEADERS frame with :method ${JSON.stringify(method)} which should be POST`;
    return refusal(405, GrpcStatus.Internal, message);
  }
  if (!/^application\/grpc(?:$|[+;])/.test(contentType)) {
    const message = `invalid gRPC request content-type ${JSON.stringify(contentType)}`;
    return refusal(415, GrpcStatus.InvalidArgument, message);
  }
  const timeout = headers['grpc-timeout'];
  if (timeout !== undefined && timeoutMs === undefined) {
    return refusal(400, GrpcStatus.Internal, `malformed grpc-timeout: ${JSON.stringify(timeout)}`);
  }
  return undefined;
}
