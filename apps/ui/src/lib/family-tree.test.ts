import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WorkflowExecutionInfo } from '@perdure/proto/json-types';
import { familyTree } from './family-tree.ts';

const run = (runId: string, parentRunId?: string): WorkflowExecutionInfo => ({
  execution: { workflowId: runId, runId },
  startTime: `2026-08-22T10:00:0${runId.length}Z`,
  ...(parentRunId !== undefined && { parentExecution: { workflowId: parentRunId, runId: parentRunId } }),
});

test('a family is told from its root down, those that started first before the others', () => {
  const executions = [run('aab', 'aa'), run('abc', 'a'), run('aa', 'a'), run('a'), run('another')];
  const tree = familyTree({ executions }, { runId: 'a' });
  assert.deepEqual(
    tree?.map(({ info, depth }) => [info.execution?.runId, depth]),
    [
      ['a', 0],
      ['aa', 1],
      ['aab', 2],
      ['abc', 1],
    ],
  );
});

test('of a family that is too large, or whose root is gone, there is no tree', () => {
  assert.equal(familyTree({ executions: [run('a')], nextPageToken: 'more' }, { runId: 'a' }), undefined);
  assert.equal(familyTree({ executions: [run('aa', 'a')] }, { runId: 'a' }), undefined);
});
