import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WorkflowExecutionStatus } from '@perdure/proto/enums';
import { executionInfo } from './execution-info.ts';
import type { VisibilityRecord } from './record.ts';

const open: VisibilityRecord = {
  namespaceId: 'n',
  workflowId: 'w',
  runId: 'r',
  workflowType: 'T',
  taskQueue: 'q',
  status: WorkflowExecutionStatus.Running,
  startTimeMs: 1_500,
  executionTimeMs: 2_000,
  closeTimeMs: undefined,
  historyLength: undefined,
  historySizeBytes: undefined,
  stateTransitionCount: undefined,
  parentWorkflowId: undefined,
  parentRunId: undefined,
  rootWorkflowId: 'w',
  rootRunId: 'r',
  memo: undefined,
  searchAttributes: undefined,
  values: new Map(),
};

test('an open run', () => {
  assert.deepEqual(executionInfo(open), {
    execution: { workflowId: 'w', runId: 'r' },
    type: { name: 'T' },
    startTime: { seconds: 1, nanos: 500_000_000 },
    executionTime: { seconds: 2, nanos: 0 },
    status: 1,
    taskQueue: 'q',
    memo: {},
    searchAttributes: undefined,
    parentExecution: undefined,
    rootExecution: { workflowId: 'w', runId: 'r' },
  });
});

test('a closed child', () => {
  const info = executionInfo({
    ...open,
    closeTimeMs: 5_250,
    historyLength: 3,
    historySizeBytes: 348,
    stateTransitionCount: 2,
    parentWorkflowId: 'p',
    parentRunId: 'pr',
    memo: { fields: {} },
  });
  assert.deepEqual(info.closeTime, { seconds: 5, nanos: 250_000_000 });
  assert.deepEqual(info.executionDuration, { seconds: 3, nanos: 250_000_000 });
  assert.deepEqual([info.historyLength, info.historySizeBytes, info.stateTransitionCount], [3, 348, 2]);
  assert.deepEqual(info.parentExecution, { workflowId: 'p', runId: 'pr' });
  assert.deepEqual(info.memo, { fields: {} });
});
