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
import { Decompressor } from './decompress.ts';
import { Deadlines } from './deadlines.ts';
import { InboundBudget } from './frames.ts';
import { GrpcStream, type GrpcStreamOwner } from './grpc-stream.ts';
import { parseTimeout, refusalHead, requestHeaders } from './headers.ts';
import { Health } from './health.ts';
import { defaultKeepalive, Keepalive, type KeepaliveOptions } from './keepalive.ts';
import { reflectionHandler } from './reflection.ts';
import { makeRoutes, type Route, type RouteTable, serviceOf, type StreamHandler, unroutedAnswer } from './router.ts';
import { UnaryCall } from './unary-call.ts';

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
export class GrpcServer implements GrpcStreamOwner {
  readonly health = new Health();
  /** For its streams. */
  readonly messageSizeBytesMax: number;
  readonly budget: InboundBudget;
  readonly decompressor = new Decompressor();
  readonly #options: GrpcServerOptions;
  readonly #bounds: TransportBounds;
  readonly #keepalive: KeepaliveOptions;
  readonly #routes: RouteTable;
  readonly #server: Http2Server;
  readonly #calls = new Set<GrpcStream>();
  readonly #deadlines = new Deadlines();
  #awaitedTimer: NodeJS.Timeout | undefined;
  #isDraining = false;

  constructor(options: GrpcServerOptions) {
    this.#options = options;
    this.#bounds = { ...defaultBounds, ...options.bounds };
    this.#keepalive = { ...defaultKeepalive, ...options.keepalive };
    this.#routes = this.#makeRoutes(options.handlers);
    this.messageSizeBytesMax = this.#bounds.messageSizeBytesMax;
    this.budget = new InboundBudget(this.#bounds.inboundSizeBytesMax);
    this.#server = new Http2Server({
      tls: options.tls,
      bounds: this.#bounds,
      onConnection: (connection, socket) => this.#openConnection(connection, socket),
      reportError: (error) => options.reportError(error, 'HTTP/2'),
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
    for (const { call } of this.#calls) call.end(CallEnd.Draining);
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
    const path = head.path ?? '';
    const route = this.#routes.get(path);
    const deadlineMs = timeoutMs === undefined ? undefined : this.#options.now() + timeoutMs;
    const call = new Call({ deadlineMs, headers: () => requestHeaders(head.fields), certificateNames: names });
    const grpc = new GrpcStream(stream, call, this);
    if (route === undefined) return grpc.finish(unroutedAnswer(path, this.#routes));
    this.#openCall(grpc, route, timeoutMs);
  }

  #openCall(grpc: GrpcStream, route: Route, timeoutMs: number | undefined): void {
    const nowMs = performance.now();
    if (timeoutMs !== undefined) grpc.deadline = this.#deadlines.add(grpc, nowMs, timeoutMs);
    this.#calls.add(grpc);
    if (this.#isDraining) grpc.call.end(CallEnd.Draining);
    if (route.kind === 'stream') return grpc.listen(route.handler(grpc, grpc.call));
    grpc.awaitedSinceMs = nowMs;
    grpc.listen(new UnaryCall(route, grpc, this.#options.reportError));
  }

  /** For its streams. */
  ended(grpc: GrpcStream): void {
    this.#calls.delete(grpc);
  }

  /** Lets nobody hold a call open by sending its message slowly, or not at all. */
  #refuseLate(messageTimeoutMs: number): void {
    const latestMs = performance.now() - messageTimeoutMs;
    for (const grpc of this.#calls) {
      if (grpc.awaitedSinceMs === undefined || grpc.awaitedSinceMs > latestMs) continue;
      grpc.awaitedSinceMs = undefined;
      grpc.finish(statusAnswer(GrpcStatus.DeadlineExceeded, 'the request did not arrive in time'));
    }
  }
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
