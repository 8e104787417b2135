import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeHistory } from '@perdure/proto';
import { EncodingType, HistoryEventFilterType } from '@perdure/proto/enums';
import type { DataBlob } from '@perdure/proto/types';
import { TestServer } from './testing.ts';

const execution = { workflowId: 'w' };
const config = { 'frontend.sendRawWorkflowHistory': [{ value: true, constraints: { namespace: 'default' } }] };

/** A server with a workflow, signaled and terminated. */
async function closed(): Promise<TestServer> {
  const server = await TestServer.start({ config });
  const start = { workflowType: { name: 'W' }, taskQueue: { name: 'queue' }, requestId: 'r' };
  await server.ok('StartWorkflowExecution', { ...execution, ...start });
  await server.ok('SignalWorkflowExecution', { workflowExecution: execution, signalName: 's' });
  await server.ok('TerminateWorkflowExecution', { workflowExecution: execution });
  return server;
}

function eventIds(blobs: readonly DataBlob[] = []): readonly (number | undefined)[][] {
  return blobs.map(({ encodingType, data = new Uint8Array() }) => {
    assert.equal(encodingType, EncodingType.Proto3);
    return (decodeHistory([data]).events ?? []).map(({ eventId }) => eventId);
  });
}

test('where a namespace has it so, a history comes in parts that are encoded by themselves', async () => {
  const server = await closed();
  const whole = await server.ok('GetWorkflowExecutionHistory', { execution });
  assert.deepEqual([whole.history, eventIds(whole.rawHistory)], [{}, [[1, 2], [3], [4]]]);

  const pages: unknown[] = [];
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await server.ok('GetWorkflowExecutionHistory', { execution, maximumPageSize: 1, nextPageToken });
    pages.push(eventIds(page.rawHistory).flat());
    nextPageToken = page.nextPageToken;
  } while (nextPageToken !== undefined && nextPageToken.length > 0);
  assert.deepEqual(pages, [[1, 2], [3], [4]]);

  const historyEventFilterType = HistoryEventFilterType.CloseEvent;
  const close = await server.ok('GetWorkflowExecutionHistory', { execution, historyEventFilterType });
  assert.deepEqual(eventIds(close.rawHistory), [[4]]);
});

test('a history from its end comes as ever', async () => {
  const server = await closed();
  const { history } = await server.ok('GetWorkflowExecutionHistoryReverse', { execution });
  assert.equal(history?.events?.length, 4);
});
