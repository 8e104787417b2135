import http2 from 'node:http2';
import { afterEach } from 'node:test';
import type { CallContext, Handler } from '../../rpc/handler.ts';
import { GrpcServer, type GrpcServerOptions } from './grpc-server.ts';
import { TestClient } from './test-client.ts';

export const SERVICE = '/temporal.api.workflowservice.v1.WorkflowService';
export const DESCRIBE = `${SERVICE}/DescribeNamespace` as const;
export const POLL = `${SERVICE}/PollWorkflowTaskQueue` as const;
export const START = `${SERVICE}/StartWorkflowExecution` as const;
export const NOTHING = new Uint8Array(0);

/** What a test leaves behind: undone after it, the latest first. */
export const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

export interface Served {
  readonly server: GrpcServer;
  readonly port: number;
  readonly client: TestClient;
  readonly errors: unknown[];
}

/** A server with these handlers, and a client of it. */
export async function serve(
  handlers: Record<string, Handler>,
  options: Partial<GrpcServerOptions> = {},
): Promise<Served> {
  const errors: unknown[] = [];
  const server = new GrpcServer({
    host: '127.0.0.1',
    port: 0,
    handlers: new Map(Object.entries(handlers)),
    now: () => 1_000_000,
    reportError: (error) => errors.push(error),
    ...options,
  });
  const port = await server.start();
  const client = new TestClient(port);
  cleanups.push(
    () => server.drain(0),
    () => client.close(),
  );
  return { server, port, client, errors };
}

/** A handler that waits until its call ends, and tells. */
export function makePoll(): {
  handler: Handler;
  arrived: (count: number) => Promise<void>;
  ends: unknown[];
  ended: (count: number) => Promise<void>;
} {
  let calls = 0;
  const ends: unknown[] = [];
  let notify = (): void => {};
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      notify = resolve;
      await promise;
    }
  };
  const handler: Handler = (_request, { signal }: CallContext) => {
    calls += 1;
    notify();
    const { promise, resolve } = Promise.withResolvers<{ message: object }>();
    signal.addEventListener('abort', () => {
      ends.push(signal.reason);
      notify();
      resolve({ message: {} });
    });
    return promise;
  };
  return {
    handler,
    ends,
    arrived: (count) => until(() => calls >= count),
    ended: (count) => until(() => ends.length >= count),
  };
}

/** A message with its header. */
export function frame(message: Uint8Array, flag = 0): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt8(flag, 0);
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}

/** Sends bytes as they are and gives all the headers and trailers that come. */
export async function rawCall(
  port: number,
  body: Buffer,
  headers: http2.OutgoingHttpHeaders = {},
): Promise<http2.IncomingHttpHeaders> {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  const stream = session.request({ ':method': 'POST', ':path': START, 'content-type': 'application/grpc', ...headers });
  const received: http2.IncomingHttpHeaders = {};
  const take = (more: http2.IncomingHttpHeaders): void => void Object.assign(received, more);
  const { promise, resolve } = Promise.withResolvers<void>();
  stream
    .on('response', take)
    .on('trailers', take)
    .on('close', () => resolve())
    .on('error', () => {});
  stream.resume();
  stream.end(body);
  await promise;
  session.close();
  return received;
}

/** Resolves when the server has taken in all that was sent on this connection before. */
export async function roundTrip(client: TestClient): Promise<void> {
  await client.start('/any.Service/Call', NOTHING).outcome;
}
