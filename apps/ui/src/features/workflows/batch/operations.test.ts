import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noPriority } from '../../../lib/priority.ts';
import { batchOperation, emptyForm } from './operations.ts';

const identity = 'perdure-ui';

test('what lacks a part of it is not ready', () => {
  assert.equal(batchOperation('signal', emptyForm), undefined);
  assert.equal(batchOperation('signal', { ...emptyForm, signalName: 'go', input: '{' }), undefined);
  assert.equal(batchOperation('priority', emptyForm), undefined);
  assert.equal(
    batchOperation('priority', { ...emptyForm, priority: { ...noPriority, key: '1', fairnessWeight: '0' } }),
    undefined,
  );
  assert.equal(batchOperation('activityOptions', emptyForm), undefined);
  assert.equal(
    batchOperation('activityOptions', { ...emptyForm, options: { 'retryPolicy.maximumAttempts': 'x' } }),
    undefined,
  );
});

test('activities are those of a type, or all', () => {
  assert.deepEqual(
    batchOperation('unpauseActivities', { ...emptyForm, activityType: ' charge ', resetsAttempts: true }),
    {
      unpauseActivitiesOperation: { identity, type: 'charge', resetAttempts: true, resetHeartbeat: false },
    },
  );
  assert.deepEqual(batchOperation('activityOptions', { ...emptyForm, restoresOptions: true }), {
    updateActivityOptionsOperation: { identity, matchAll: true, restoreOriginal: true },
  });
});

test('of options only what was typed is changed', () => {
  const options = { 'retryPolicy.maximumAttempts': '7', 'retryPolicy.initialInterval': '5s', 'taskQueue.name': '' };
  assert.deepEqual(batchOperation('activityOptions', { ...emptyForm, options }), {
    updateActivityOptionsOperation: {
      identity,
      matchAll: true,
      updateMask: 'retryPolicy.initialInterval,retryPolicy.maximumAttempts',
      activityOptions: { retryPolicy: { initialInterval: '5s', maximumAttempts: 7 } },
    },
  });
  assert.deepEqual(batchOperation('priority', { ...emptyForm, priority: { ...noPriority, fairnessKey: ' a ' } }), {
    updateWorkflowOptionsOperation: {
      identity,
      updateMask: 'priority.fairnessKey',
      workflowExecutionOptions: { priority: { fairnessKey: 'a' } },
    },
  });
});
