import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Payload, Payloads } from '@perdure/proto/types';
import type { Limits } from '../kernel/limits.ts';
import { Bench, command } from './testing.ts';

function stored(...sizes: readonly number[]): Payload {
  return { data: new Uint8Array(3), externalPayloads: sizes.map((sizeBytes) => ({ sizeBytes })) };
}

function listed(...sizes: readonly number[]): Payloads {
  return { payloads: sizes.map((size) => stored(size)) };
}

function started(limits: Partial<Limits> = {}): Bench {
  const bench = new Bench({ limits });
  bench.start({ input: listed(1000), searchAttributes: { indexedFields: { Size: { ...stored(1), ...json('7') } } } });
  return bench;
}

function json(text: string): Payload {
  const encode = (part: string) => new TextEncoder().encode(part);
  return { metadata: { encoding: encode('json/plain') }, data: encode(text) };
}

/** The attributes with which visibility was last told of the run. */
function indexed(bench: Bench): Readonly<Record<string, unknown>> {
  const record = bench.effects.findLast((effect) => effect.kind === 'indexVisibility')?.record;
  assert.ok(record);
  assert.ok('values' in record);
  return Object.fromEntries(record.values);
}

test('what payloads refer to is counted where they come to the history, wherever in it they are', () => {
  const bench = started();
  assert.deepEqual(bench.run.externalPayloads, { count: 1, sizeBytes: 1000 });
  bench.complete([
    command.scheduleActivity('a', { input: listed(20, 20), header: { fields: { input: stored(5, 6) } } }),
  ]);
  assert.deepEqual(bench.run.externalPayloads, { count: 5, sizeBytes: 1051 });
  bench.activityTask();
  const activity = { by: 'token', scheduledEventId: 5, attempt: 1, stamp: 1 } as const;
  bench.ok({ kind: 'completeActivity', runId: '', activity, result: listed(100), identity: '' });
  assert.deepEqual(bench.run.externalPayloads, { count: 6, sizeBytes: 1151 });
});

test('what is held back counts once, when it comes to the history', () => {
  const bench = started();
  const task = bench.workflowTask();
  const content = { name: 's', input: listed(7), header: undefined, identity: '', requestId: 'r', links: [] };
  bench.ok({ kind: 'signal', runId: '', signal: { ...content, sender: undefined }, childWorkflowOnly: undefined });
  assert.deepEqual(bench.run.externalPayloads, { count: 1, sizeBytes: 1000 });
  bench.complete([], {}, task);
  assert.deepEqual(bench.run.externalPayloads, { count: 2, sizeBytes: 1007 });
});

test('a run that is made by a reset has what its history has', () => {
  const bench = started();
  bench.complete([command.scheduleActivity('a', { input: listed(20) })]);
  bench.reset(4);
  assert.deepEqual(bench.run.externalPayloads, { count: 1, sizeBytes: 1000 });
});

test('visibility has it of closed runs, and of those alone that refer to something', () => {
  const bench = started();
  assert.deepEqual(indexed(bench), { Size: 7 });
  bench.complete([command.completeWorkflow()]);
  const { TemporalExternalPayloadCount: count, TemporalExternalPayloadSizeBytes: sizeBytes } = indexed(bench);
  assert.deepEqual([count, sizeBytes], [1, 1000]);
  const silent = started({ showsExternalPayloads: false });
  silent.complete([command.completeWorkflow()]);
  const plain = new Bench();
  plain.start();
  plain.complete([command.completeWorkflow()]);
  for (const each of [silent, plain]) assert.equal('TemporalExternalPayloadCount' in indexed(each), false);
});
