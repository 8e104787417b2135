import type { Socket } from 'node:net';
import { GrpcStatus } from '@perdure/core';
import { ServiceName } from '@perdure/proto';
import type { HandlerTable } from '../../rpc/handler.ts';
import { defaultBounds, type TransportBounds } from '../bounds.ts';
import { Call, CallEnd } from '../call.ts';
import type { Connection } from '../http2/connection.ts';
import { Http2Server } from '../http2/server.ts';
import type { Http2Stream } from '../http2/stream.ts';
import { ListenError } from '../listen-error.ts';
import { certificateNames, type TlsIdentity } from '../tls.ts';
import { type ReportError, statusAnswer } from '../unary.ts';
import { InboundBudget } from './frames.ts';
import { GrpcStream, type GrpcStreamOptions } from './grpc-stream.ts';
import { parseTimeout, refusalHead, requestHeaders } from './headers.ts';
import { Health } from './health.ts';
import { defaultKeepalive, Keepalive, type KeepaliveOptions } from './keepalive.ts';
import { reflectionHandler } from './reflection.ts';
import { makeRoutes, type Route, type RouteTable, serviceOf, type StreamHandler, unroutedAnswer } from './router.ts';
import { UnaryCall, type UnaryServer } from './unary-call.ts';

/** The longest delay that a timer of Node.js takes; a deadline beyond it (24 days) needs no timer. */
const TIMER_DELAY_MAX_MS = 2 ** 31 - 1;

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
 * Serves handlers over gRPC, with health and reflection. It stands on an HTTP/2 of its own (`transport/http2`) rather than
 * on node:http2, whose streams were the largest single cost of a call, and rather than on @grpc/grpc-js, whose server stands
 * on that, has no place for the texts that SDKs look for and loses cancellations of compressed requests; what it does is
 * held against the real client of @grpc/grpc-js in the tests.
 */
export class GrpcServer implements UnaryServer {
  readonly health = new Health();
  readonly reportError: ReportError;
  readonly #options: GrpcServerOptions;
  readonly #bounds: TransportBounds;
  readonly #keepalive: KeepaliveOptions;
  readonly #routes: RouteTable;
  readonly #server: Http2Server;
  readonly #streamOptions: GrpcStreamOptions;
  readonly #calls = new Set<Call>();
  /** Calls whose message has not come yet, with the instant since when; the oldest first. */
  readonly #awaited = new Map<GrpcStream, number>();
  #awaitedTimer: NodeJS.Timeout | undefined;
  #isDraining = false;

  constructor(options: GrpcServerOptions) {
    this.#options = options;
    this.reportError = options.reportError;
    this.#bounds = { ...defaultBounds, ...options.bounds };
    this.#keepalive = { ...defaultKeepalive, ...options.keepalive };
    this.#routes = this.#makeRoutes(options.handlers);
    const { messageSizeBytesMax, inboundSizeBytesMax } = this.#bounds;
    this.#streamOptions = { messageSizeBytesMax, budget: new InboundBudget(inboundSizeBytesMax) };
    this.#server = new Http2Server({
      tls: options.tls,
      bounds: this.#bounds,
      onConnection: (connection, socket) => this.#openConnection(connection, socket),
      reportError: (error) => this.reportError(error, 'HTTP/2'),
    });
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
  async start(): Promise<number> {
    const { host, port } = this.#options;
    const { messageTimeoutMs } = this.#bounds;
    this.#awaitedTimer = setInterval(
      () => this.#refuseLate(messageTimeoutMs),
      messageTimeoutMs / MESSAGE_TIMEOUT_CHECKS,
    );
    this.#awaitedTimer.unref();
    try {
      return await this.#server.listen(host, port);
    } catch (error) {
      throw error instanceof Error ? new ListenError(host, port, error) : error;
    }
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
    const closed = this.#server.close();
    for (const call of this.#calls) call.end(CallEnd.Draining);
    const force = setTimeout(() => this.#server.destroyAll(), graceMs);
    await closed;
    clearTimeout(force);
    clearInterval(this.#awaitedTimer);
  }

  #openConnection(connection: Connection, socket: Socket): (stream: Http2Stream) => void {
    const names = certificateNames(socket);
    const keepalive = new Keepalive(connection, this.#keepalive);
    socket.once('close', () => keepalive.stop());
    return (stream) => this.#openStream(stream, names);
  }

  #openStream(stream: Http2Stream, names: readonly string[]): void {
    const { head } = stream;
    const timeoutMs = parseTimeout(head.timeout);
    const problem = httpProblem(stream, timeoutMs);
    if (problem !== undefined) return stream.sendHeaders(problem, true);
    const grpc = new GrpcStream(stream, this.#streamOptions);
    const path = head.path ?? '';
    const route = this.#routes.get(path);
    if (route === undefined) return grpc.finish(unroutedAnswer(path, this.#routes));
    const deadlineMs = timeoutMs === undefined ? undefined : this.#options.now() + timeoutMs;
    const call = new Call({ deadlineMs, headers: () => requestHeaders(head.fields), certificateNames: names });
    this.#openCall(grpc, route, call, timeoutMs);
  }

  #openCall(grpc: GrpcStream, route: Route, call: Call, timeoutMs: number | undefined): void {
    const deadline = startDeadline(timeoutMs, grpc, call);
    const listener = route.kind === 'unary' ? this.#unaryCall(route, grpc, call) : route.handler(grpc, call);
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

  #unaryCall(route: Extract<Route, { kind: 'unary' }>, grpc: GrpcStream, call: Call): UnaryCall {
    this.#awaited.set(grpc, performance.now());
    return new UnaryCall(this, route, grpc, call);
  }

  /** For its unary calls. */
  arrived(grpc: GrpcStream): void {
    this.#awaited.delete(grpc);
  }

  /** Lets nobody hold a call open by sending its message slowly, or not at all. */
  #refuseLate(messageTimeoutMs: number): void {
    const latest = performance.now() - messageTimeoutMs;
    for (const [grpc, since] of this.#awaited) {
      if (since > latest) return;
      this.#awaited.delete(grpc);
      grpc.finish(statusAnswer(GrpcStatus.DeadlineExceeded, 'the request did not arrive in time'));
    }
  }
}

/** Ends the call at its deadline, for callers that are too far gone to cancel it themselves. */
function startDeadline(timeoutMs: number | undefined, grpc: GrpcStream, call: Call): NodeJS.Timeout | undefined {
  if (timeoutMs === undefined || timeoutMs > TIMER_DELAY_MAX_MS) return undefined;
  return setTimeout(() => {
    call.end(CallEnd.DeadlineExceeded);
    grpc.finish(statusAnswer(GrpcStatus.DeadlineExceeded, 'context deadline exceeded'));
  }, timeoutMs);
}

/** Headers that refuse a request which is no gRPC call, in the words of grpc-go; undefined for one that is. */
function httpProblem({ head }: Http2Stream, timeoutMs: number | undefined): Buffer | undefined {
  const { method = '', contentType = '', timeout } = head;
  const refusal = (httpStatus: number, status: number, message: string): Buffer =>
    refusalHead(httpStatus, 'application/grpc', statusAnswer(status, message));
  if (method !== 'POST') {
    const message = `Received a HEADERS frame with :method ${JSON.stringify(method)} which should be POST`;
    return refusal(405, GrpcStatus.Internal, message);
  }
  if (!isGrpc(contentType)) {
    const message = `invalid gRPC request content-type ${JSON.stringify(contentType)}`;
    return refusal(415, GrpcStatus.InvalidArgument, message);
  }
  if (timeout !== undefined && timeoutMs === undefined) {
    return refusal(400, GrpcStatus.Internal, `malformed grpc-timeout: ${JSON.stringify(timeout)}`);
  }
  return undefined;
}

function isGrpc(contentType: string): boolean {
  return contentType === 'application/grpc' || /^application\/grpc[+;]/.test(contentType);
}
