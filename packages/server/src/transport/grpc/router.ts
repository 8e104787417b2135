import { GrpcStatus } from '@perdure/core';
import { findMethod, type Method } from '@perdure/proto';
import type { Handler, HandlerTable } from '../../rpc/handler.ts';
import type { Call } from '../call.ts';
import { type StatusAnswer, statusAnswer } from '../unary.ts';
import type { CallListener, GrpcStream } from './grpc-stream.ts';

/** Serves a method that streams: given the stream it says who listens to it. */
export type StreamHandler = (stream: GrpcStream, call: Call) => CallListener;

/** A method of one message and one reply. */
export interface UnaryRoute {
  readonly kind: 'unary';
  readonly method: Method;
  readonly handler: Handler;
}

/** How a path is served. */
export type Route = UnaryRoute | { readonly kind: 'stream'; readonly handler: StreamHandler };

/** Routes by path. */
export type RouteTable = ReadonlyMap<string, Route>;

/** The routes of all unary methods that have a handler, and of the given streams. Throws for a path that is no method. */
export function makeRoutes(handlers: HandlerTable, streams: ReadonlyMap<string, StreamHandler>): RouteTable {
  const routes = new Map<string, Route>();
  for (const [path, handler] of handlers) {
    const method = findMethod(path);
    if (method === undefined || method.requestStream || method.replyStream)
      throw new Error(`${path} is no unary method`);
    routes.set(path, { kind: 'unary', method, handler });
  }
  for (const [path, handler] of streams) routes.set(path, { kind: 'stream', handler });
  return routes;
}

/** The service that a path belongs to. */
export function serviceOf(path: string): string {
  return path.slice(1, path.lastIndexOf('/'));
}

/** The status for a path that has no route, in the words of grpc-go, which the SDKs look for. */
export function unroutedAnswer(path: string, routes: ReadonlyMap<string, unknown>): StatusAnswer {
  const separator = path.lastIndexOf('/');
  if (separator <= 0) return statusAnswer(GrpcStatus.Unimplemented, `malformed method name: ${JSON.stringify(path)}`);
  const service = serviceOf(path);
  const isServed = [...routes.keys()].some((known) => serviceOf(known) === service);
  const method = path.slice(separator + 1);
  const message = isServed ? `unknown method ${method} for service ${service}` : `unknown service ${service}`;
  return statusAnswer(GrpcStatus.Unimplemented, message);
}
