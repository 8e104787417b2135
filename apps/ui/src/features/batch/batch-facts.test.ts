import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operationWords, progressOf } from './batch-facts.ts';

test('the speed so far says how long the rest takes', () => {
  const batch = {
    state: 'BATCH_OPERATION_STATE_RUNNING',
    startTime: '2026-08-22T10:00:00Z',
    totalOperationCount: '100',
    completeOperationCount: '20',
    failureOperationCount: '5',
  } as const;
  const progress = progressOf(batch, Date.parse('2026-08-22T10:00:10Z'));
  assert.deepEqual(progress, { total: 100, done: 20, failed: 5, share: 0.25, leftMs: 30_000 });
  assert.equal(progressOf({ ...batch, completeOperationCount: '0', failureOperationCount: '0' }, 0).leftMs, undefined);
});

test('a batch that found nothing is done', () => {
  assert.equal(progressOf({ state: 'BATCH_OPERATION_STATE_COMPLETED' }, 0).share, 1);
  assert.equal(progressOf({ state: 'BATCH_OPERATION_STATE_RUNNING' }, 0).share, 0);
});

test('both names of an operation are the same words', () => {
  assert.equal(operationWords('BATCH_OPERATION_TYPE_TERMINATE'), 'Terminate');
  assert.equal(operationWords('BATCH_OPERATION_TYPE_TERMINATE_WORKFLOW'), 'Terminate');
  assert.equal(operationWords('BATCH_OPERATION_TYPE_UPDATE_WORKFLOW_EXECUTION_OPTIONS'), 'Change options');
});
