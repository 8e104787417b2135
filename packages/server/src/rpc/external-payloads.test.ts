import assert from 'node:assert/strict';
import { test } from 'node:test';
import { externalPayloadsIn } from '@perdure/core';
import { CommandType } from '@perdure/proto/enums';
import { fileDescriptors } from '@perdure/proto/file-descriptors';
import type { HistoryEvent, Payload } from '@perdure/proto/types';
import { TestServer } from './testing.ts';

const execution = { workflowId: 'w' };
const started = { workflowId: 'w', workflowType: { name: 'Type' }, taskQueue: { name: 'queue' } };

function stored(sizeBytes: number): Payload {
  return { data: Buffer.from('a claim'), externalPayloads: [{ sizeBytes }] };
}

async function described(server: TestServer) {
  const { workflowExecutionInfo } = await server.ok('DescribeWorkflowExecution', { execution });
  return [workflowExecutionInfo?.externalPayloadCount ?? 0, workflowExecutionInfo?.externalPayloadSizeBytes ?? 0];
}

async function complete(server: TestServer): Promise<void> {
  const { taskToken } = await server.ok('PollWorkflowTaskQueue', { taskQueue: { name: 'queue' }, identity: 'worker' });
  const commands = [
    {
      commandType: CommandType.CompleteWorkflowExecution,
      completeWorkflowExecutionCommandAttributes: { result: { payloads: [stored(30)] } },
    },
  ];
  await server.ok('RespondWorkflowTaskCompleted', { taskToken, commands });
}

async function countOf(server: TestServer, query: string): Promise<number> {
  return (await server.ok('CountWorkflowExecutions', { query })).count ?? 0;
}

test('a run says what its payloads refer to elsewhere, after a restart, too; a closed one is found by it', async () => {
  const server = await TestServer.start();
  await server.ok('StartWorkflowExecution', { ...started, input: { payloads: [stored(500), stored(70)] } });
  assert.deepEqual(await described(server), [2, 570]);
  assert.equal(await countOf(server, 'TemporalExternalPayloadCount > 0'), 0);
  const restarted = await TestServer.start({ store: server.store, nowMs: server.host.now() });
  assert.deepEqual(await described(restarted), [2, 570]);
  await complete(restarted);
  assert.deepEqual(await described(restarted), [3, 600]);
  const query = 'TemporalExternalPayloadCount = 3 AND TemporalExternalPayloadSizeBytes > 599';
  assert.equal(await countOf(restarted, query), 1);
  const { executions } = await restarted.ok('ListWorkflowExecutions', { query });
  const shown = executions?.[0]?.searchAttributes?.indexedFields?.['TemporalExternalPayloadSizeBytes'];
  assert.equal(Buffer.from(shown?.data ?? []).toString(), '600');
  assert.equal(Buffer.from(shown?.metadata?.['type'] ?? []).toString(), 'Int');
  const again = await TestServer.start({ store: server.store, nowMs: server.host.now() });
  assert.deepEqual(await described(again), [3, 600]);
});

test('a namespace for which that is switched off says nothing of it', async () => {
  const server = await TestServer.start({ config: { 'history.externalPayloadsEnabled': [{ value: false }] } });
  await server.ok('StartWorkflowExecution', { ...started, input: { payloads: [stored(500)] } });
  await complete(server);
  assert.deepEqual(await described(server), [0, 0]);
  assert.equal(await countOf(server, 'TemporalExternalPayloadCount > 0'), 0);
});

const TYPE_MESSAGE = 11;
const LABEL_REPEATED = 3;
const PAYLOAD = '.temporal.api.common.v1.Payload';
const files = fileDescriptors().map((file) => [`.${file.package}`, file.messageType ?? []] as const);
const messages = new Map<string, (typeof files)[number][1][number]>();
for (const [home, types] of files) {
  for (const type of types) {
    messages.set(`${home}.${type.name}`, type);
    for (const nested of type.nestedType ?? []) messages.set(`${home}.${type.name}.${nested.name}`, nested);
  }
}

/** A message with a payload in each place that its type has for one, and how many there are. */
function filled(type: string, above: readonly string[] = []): { readonly message: object; readonly count: number } {
  if (type === PAYLOAD) return { message: stored(1), count: 1 };
  if (above.includes(type)) return { message: {}, count: 0 };
  const message: Record<string, unknown> = {};
  let count = 0;
  for (const { jsonName: name = '', type: kind, typeName = '', label } of messages.get(type)?.field ?? []) {
    if (kind !== TYPE_MESSAGE || name === 'searchAttributes') continue;
    const entry = messages.get(typeName);
    const value = entry?.options?.mapEntry === true ? entry.field?.[1]?.typeName : undefined;
    const part = filled(value ?? typeName, [...above, type]);
    if (part.count === 0) continue;
    count += part.count;
    message[name] =
      value === undefined ? (label === LABEL_REPEATED ? [part.message] : part.message) : { a: part.message };
  }
  return { message, count };
}

test('no place of an event in which there may be a payload is forgotten', () => {
  const types = messages.get('.temporal.api.history.v1.HistoryEvent')?.field ?? [];
  const parts = types.filter(({ type, jsonName }) => type === TYPE_MESSAGE && jsonName !== 'links');
  const places = parts.map(({ jsonName = '', typeName = '', label }) => {
    const { message, count } = filled(typeName);
    const event: HistoryEvent = { [jsonName]: label === LABEL_REPEATED ? [message] : message };
    assert.deepEqual(externalPayloadsIn(event), { count, sizeBytes: count }, jsonName);
    return count;
  });
  assert.ok(places.filter((count) => count > 0).length > 25);
});
