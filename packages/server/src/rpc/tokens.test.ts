import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore } from '@perdure/storage';
import { TestHost } from '../testing/test-host.ts';
import { Tokens, type ActivityTaskToken, type HistoryToken, type WorkflowTaskToken } from './tokens.ts';

const ids = { namespaceId: 'namespace', workflowId: 'workflow', runId: 'run' };
const task: WorkflowTaskToken = { ...ids, scheduledEventId: 2, startedEventId: 3, attempt: 1, stamp: 7, ticket: 't' };
const activity: ActivityTaskToken = { ...ids, scheduledEventId: 5, attempt: 2, stamp: 9 };
const page: HistoryToken = {
  ...ids,
  run: 2 ** 40,
  eventId: 257,
  sequence: 2 ** 33,
  endEventId: 300,
  open: true,
  reverse: false,
};

const tokens = new Tokens(new Uint8Array(32).fill(1));

test('a token reads as it was made', () => {
  assert.deepEqual(tokens.readWorkflowTask(tokens.workflowTask(task)), task);
  assert.deepEqual(tokens.readActivityTask(tokens.activityTask(activity)), activity);
  assert.deepEqual(tokens.readHistory(tokens.history(page)), page);
  const query = { namespaceId: 'namespace', queryId: 'query' };
  assert.deepEqual(tokens.readQuery(tokens.query(query)), query);
  const cursor = { namespaceId: 'namespace', closeTimeMs: 1.5, startTimeMs: 1, runId: 'run' };
  assert.deepEqual(tokens.readVisibility(tokens.visibility(cursor)), cursor);
  assert.deepEqual(tokens.readNamespaces(tokens.namespaces({ afterId: 'id' })), { afterId: 'id' });
});

test('a token of which any bit was changed is none', () => {
  const token = tokens.activityTask(activity);
  for (let index = 0; index < token.length; index++) {
    for (const bit of [1, 128]) {
      const forged = Uint8Array.from(token);
      forged[index] = (forged[index] ?? 0) ^ bit;
      assert.equal(tokens.readActivityTask(forged), undefined, `byte ${index}`);
    }
  }
});

test('a token that was cut, lengthened or made up is none', () => {
  const token = tokens.workflowTask(task);
  for (let length = 0; length < token.length; length++) {
    assert.equal(tokens.readWorkflowTask(token.subarray(0, length)), undefined, `${length} bytes`);
  }
  assert.equal(tokens.readWorkflowTask(Buffer.concat([token, Uint8Array.of(0)])), undefined);
  assert.equal(tokens.readWorkflowTask(Buffer.from('a token of somebody else, long enough to be one')), undefined);
});

test('a token of one kind is none of another', () => {
  assert.equal(tokens.readActivityTask(tokens.workflowTask(task)), undefined);
  assert.equal(tokens.readWorkflowTask(tokens.activityTask(activity)), undefined);
  const relabelled = Uint8Array.from(tokens.workflowTask(task));
  relabelled[1] = tokens.activityTask(activity)[1] ?? 0;
  assert.equal(tokens.readActivityTask(relabelled), undefined);
});

test('tokens stay good across restarts on the same store, and are worth nothing on another', async () => {
  const store = new MemoryStore();
  const token = (await Tokens.open(store, new TestHost())).workflowTask(task);
  const again = await Tokens.open(store, new OtherRandomness());
  assert.deepEqual(again.readWorkflowTask(token), task);
  const elsewhere = await Tokens.open(new MemoryStore(), new OtherRandomness());
  assert.equal(elsewhere.readWorkflowTask(token), undefined);
});

class OtherRandomness extends TestHost {
  override randomBytes(length: number): Uint8Array {
    return new Uint8Array(length).fill(9);
  }
}
