import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import type { ClientDuplexStream, ClientReadableStream, StatusObject } from '@grpc/grpc-js';
import { messageType } from '@perdure/proto';
import { HealthCheckResponseServingStatus as ServingStatus } from '@perdure/proto/enums';
import type {
  FileDescriptorProto,
  ReflectionServerReflectionRequest,
  ReflectionServerReflectionResponse,
} from '@perdure/proto/types';
import { GrpcServer } from './grpc-server.ts';
import { TestClient } from './test-client.ts';

const WORKFLOW_SERVICE = 'temporal.api.workflowservice.v1.WorkflowService';
const CHECK = '/grpc.health.v1.Health/Check';
const identity = (bytes: Buffer): Buffer => bytes;

let server: GrpcServer;
let client: TestClient;

before(async () => {
  const handlers = new Map([[`/${WORKFLOW_SERVICE}/GetSystemInfo`, () => ({ message: {} })]]);
  server = new GrpcServer({ host: '127.0.0.1', port: 0, handlers, now: () => 0, reportError: () => {} });
  client = new TestClient(await server.start());
});

after(async () => {
  client.close();
  await server.drain(0);
});

function watch(service: string): ClientReadableStream<Buffer> {
  const request = Buffer.from(messageType('grpc.health.v1.HealthCheckRequest').encode({ service }));
  const stream = client.client.makeServerStreamRequest('/grpc.health.v1.Health/Watch', identity, identity, request);
  stream.on('error', () => {});
  return stream;
}

async function nextStatus(stream: ClientReadableStream<Buffer>): Promise<ServingStatus | undefined> {
  const [bytes] = (await once(stream, 'data')) as [Buffer];
  return messageType('grpc.health.v1.HealthCheckResponse').decode(bytes).status;
}

describe('health', () => {
  test('is known of the server and of the workflow service', async () => {
    for (const service of ['', WORKFLOW_SERVICE]) {
      assert.equal((await client.call(CHECK, { service })).status, ServingStatus.Serving);
    }
    const request = messageType('grpc.health.v1.HealthCheckRequest').encode({ service: 'other' });
    const outcome = await client.start(CHECK, request).outcome;
    assert.ok(outcome.kind === 'error');
    assert.deepEqual([outcome.code, outcome.details], [5, 'unknown service']);
  });

  test('is told at each change', async () => {
    const watching = watch(WORKFLOW_SERVICE);
    assert.equal(await nextStatus(watching), ServingStatus.Serving);
    const next = nextStatus(watching);
    server.health.setServing(false);
    assert.equal(await next, ServingStatus.NotServing);
    assert.equal((await client.call(CHECK, {})).status, ServingStatus.NotServing);
    server.health.setServing(true);
    watching.cancel();
  });

  test('of an unknown service can be watched', async () => {
    const watching = watch('other');
    assert.equal(await nextStatus(watching), ServingStatus.ServiceUnknown);
    watching.cancel();
  });
});

type Version = 'v1' | 'v1alpha';

/** A conversation with server reflection. */
class Reflection {
  readonly #stream: ClientDuplexStream<Buffer, Buffer>;
  readonly #version: Version;

  constructor(version: Version) {
    const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
    this.#stream = client.client.makeBidiStreamRequest(path, identity, identity);
    this.#stream.on('error', () => {});
    this.#version = version;
  }

  async ask(request: ReflectionServerReflectionRequest): Promise<ReflectionServerReflectionResponse> {
    const reply = once(this.#stream, 'data') as Promise<[Buffer]>;
    this.#stream.write(
      Buffer.from(messageType(`grpc.reflection.${this.#version}.ServerReflectionRequest`).encode(request)),
    );
    const [bytes] = await reply;
    return messageType(`grpc.reflection.${this.#version}.ServerReflectionResponse`).decode(bytes);
  }

  async files(request: ReflectionServerReflectionRequest): Promise<FileDescriptorProto[]> {
    const { fileDescriptorResponse } = await this.ask(request);
    const type = messageType('google.protobuf.FileDescriptorProto');
    return (fileDescriptorResponse?.fileDescriptorProto ?? []).map((bytes) => type.decode(bytes));
  }

  async end(): Promise<number> {
    this.#stream.end();
    this.#stream.resume();
    const [status] = (await once(this.#stream, 'status')) as [{ code: number }];
    return status.code;
  }
}

describe('reflection', () => {
  for (const version of ['v1', 'v1alpha'] as const) {
    test(`${version} lists what is served`, async () => {
      const reflection = new Reflection(version);
      const { listServicesResponse } = await reflection.ask({ host: 'h', listServices: '' });
      assert.deepEqual(
        listServicesResponse?.service?.map((service) => service.name),
        [
          WORKFLOW_SERVICE,
          'grpc.health.v1.Health',
          'grpc.reflection.v1.ServerReflection',
          'grpc.reflection.v1alpha.ServerReflection',
        ],
      );
      assert.equal(await reflection.end(), 0);
    });
  }

  test('gives the file of a symbol before those that it needs', async () => {
    const reflection = new Reflection('v1');
    const files = await reflection.files({ fileContainingSymbol: `${WORKFLOW_SERVICE}.GetSystemInfo` });
    assert.equal(files[0]?.name, 'temporal/api/workflowservice/v1.proto');
    assert.equal(files[0]?.service?.[0]?.method?.length, 123);
    const names = new Set(files.map((file) => file.name));
    for (const file of files)
      for (const dependency of file.dependency ?? []) assert.ok(names.has(dependency), dependency);
    assert.equal(names.size, files.length);
    await reflection.end();
  });

  test('gives files by name, and says what it does not find', async () => {
    const reflection = new Reflection('v1');
    const [file] = await reflection.files({ fileByFilename: 'temporal/api/failure/v1.proto' });
    assert.equal(file?.package, 'temporal.api.failure.v1');
    for (const request of [
      { fileByFilename: 'no.proto' },
      { fileContainingSymbol: 'no.Symbol' },
      { allExtensionNumbersOfType: 'x' },
    ]) {
      const reply = await reflection.ask(request);
      assert.deepEqual(reply.errorResponse?.errorCode, 5);
      assert.deepEqual(Object.keys(reply.originalRequest ?? {}), Object.keys(request));
    }
    await reflection.end();
  });
});

test('draining tells those who watch, and ends their streams', async () => {
  const watching = watch('');
  await nextStatus(watching);
  const statuses: (ServingStatus | undefined)[] = [];
  watching.on('data', (bytes: Buffer) =>
    statuses.push(messageType('grpc.health.v1.HealthCheckResponse').decode(bytes).status),
  );
  const ended = new Promise<StatusObject>((resolve) => watching.once('status', resolve));
  await server.drain(10_000);
  const status = await ended;
  assert.deepEqual(statuses, [ServingStatus.NotServing]);
  assert.deepEqual([status.code, status.details], [14, 'server is shutting down']);
});
