import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wantedQuery } from './query-text.ts';

test('words are the beginning of an ID, an expression is a query', () => {
  assert.equal(wantedQuery('', 'WorkflowId'), '');
  assert.equal(wantedQuery('12@"host"', 'WorkerIdentity'), 'WorkerIdentity STARTS_WITH "12@\\"host\\""');
  assert.equal(wantedQuery('made-in-japan', 'WorkflowId'), 'WorkflowId STARTS_WITH "made-in-japan"');
  assert.equal(wantedQuery("TaskQueue = 'orders'", 'WorkerIdentity'), "TaskQueue = 'orders'");
  assert.equal(wantedQuery('CloseTime is null', 'WorkflowId'), 'CloseTime is null');
});
