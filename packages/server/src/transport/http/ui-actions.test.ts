import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WorkflowIdConflictPolicy } from '@perdure/proto/enums';
import { httpBindings } from '@perdure/proto/http';
import { actionsOf } from './ui-actions.ts';

test('what a call does is told by its method and what it asks for', () => {
  assert.deepEqual(actionsOf('TerminateWorkflowExecution', {}), ['terminate']);
  assert.deepEqual(actionsOf('SignalWithStartWorkflowExecution', {}), ['signal', 'start']);
  assert.deepEqual(actionsOf('DescribeWorkflowExecution', {}), []);
  assert.deepEqual(actionsOf('StartBatchOperation', { deletionOperation: {} }), ['batch', 'terminate']);
  assert.deepEqual(actionsOf('StartBatchOperation', { updateWorkflowOptionsOperation: {} }), ['batch']);
  const policy = { workflowIdConflictPolicy: WorkflowIdConflictPolicy.TerminateExisting };
  assert.deepEqual(actionsOf('StartWorkflowExecution', policy), ['start', 'terminate']);
});

test('no method with a path that reaches a workflow or an activity has been forgotten', () => {
  const names = new Set(httpBindings().map(({ method }) => method.path.split('/').at(-1) ?? ''));
  const verbs = /^(Terminate|Delete|RequestCancel|Signal|Update|Reset|Pause|Unpause|StartWorkflow|StartBatch)/;
  const things = /(Workflow|Activity)(Execution)?(Options)?$|WithStart|Batch/;
  const found = [...names].filter((name) => verbs.test(name) && things.test(name) && actionsOf(name, {}).length === 0);
  // Options of a workflow (its priority, its version) are none of the switches of the official UI server.
  assert.deepEqual(found, ['UpdateWorkflowExecutionOptions']);
});
