import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { WorkflowFailedError, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/client';
import { TerminatedFailure } from '@temporalio/common';
import { Suite } from './harness.ts';
import type { Scene } from './harness.ts';
import { eventOfType } from './history.ts';
import { child } from './workflows/children.ts';
import { inbox } from './workflows/messages.ts';
import { waitsForever } from './workflows/time.ts';
import { eventually, rejection } from './waiting.ts';

const PARALLEL = { concurrency: 2, timeout: 300_000 };

const suite = await Suite.open();
after(() => suite.close());

type Ending = 'completed' | 'failed' | 'terminated';

/** Runs a workflow to the given ending, and gives its workflow id. */
async function closedWorkflow(scene: Scene, ending: Ending): Promise<string> {
  const plan = ({ completed: { kind: 'succeed', value: 'x' }, failed: { kind: 'fail' } } as const)[
    ending === 'failed' ? 'failed' : 'completed'
  ];
  const handle = await scene.start(child, [ending === 'terminated' ? { kind: 'wait' } : plan]);
  if (ending === 'terminated') await handle.terminate();
  await handle.result().catch(() => undefined);
  return handle.workflowId;
}

describe('executions', { concurrency: 4 }, () => {
  describe('workflow id reuse, after the last run closed', PARALLEL, () => {
    const cases: readonly [WorkflowIdReusePolicy | undefined, Ending, 'starts' | 'refused'][] = [
      [undefined, 'completed', 'starts'],
      ['ALLOW_DUPLICATE', 'completed', 'starts'],
      ['ALLOW_DUPLICATE', 'failed', 'starts'],
      ['ALLOW_DUPLICATE_FAILED_ONLY', 'completed', 'refused'],
      ['ALLOW_DUPLICATE_FAILED_ONLY', 'failed', 'starts'],
      ['ALLOW_DUPLICATE_FAILED_ONLY', 'terminated', 'starts'],
      ['REJECT_DUPLICATE', 'completed', 'refused'],
      ['REJECT_DUPLICATE', 'failed', 'refused'],
    ];
    test('the policies', async (t) => {
      await using scene = await suite.scene(t.name);
      for (const [workflowIdReusePolicy, ending, expected] of cases) {
        await t.test(`${workflowIdReusePolicy ?? 'no policy'} after a run that ${ending}: ${expected}`, async () => {
          const workflowId = await closedWorkflow(scene, ending);
          const policy = workflowIdReusePolicy === undefined ? {} : { workflowIdReusePolicy };
          const start = scene.start(child, [{ kind: 'succeed', value: 'anew' }], { workflowId, ...policy });
          if (expected === 'starts') {
            await (await start).result();
            return;
          }
          const error = await rejection(start, WorkflowExecutionAlreadyStartedError);
          assert.equal(error.workflowId, workflowId);
        });
      }
    });
  });

  describe('workflow id conflicts, while a run is open', PARALLEL, () => {
    const open = async (scene: Scene) => await scene.start(inbox, []);
    const restart = (scene: Scene, workflowId: string, workflowIdConflictPolicy?: WorkflowIdConflictPolicy) =>
      scene.start(inbox, [], {
        workflowId,
        ...(workflowIdConflictPolicy === undefined ? {} : { workflowIdConflictPolicy }),
      });

    for (const policy of [undefined, 'FAIL'] as const) {
      test(`${policy ?? 'no policy'}: refused`, async (t) => {
        await using scene = suite.sceneWithoutWorker(t.name);
        const first = await open(scene);
        await rejection(restart(scene, first.workflowId, policy), WorkflowExecutionAlreadyStartedError);
        await first.terminate();
      });
    }

    test('USE_EXISTING: the run that is open', async (t) => {
      await using scene = suite.sceneWithoutWorker(t.name);
      const first = await open(scene);
      const second = await restart(scene, first.workflowId, 'USE_EXISTING');
      assert.equal(second.firstExecutionRunId, first.firstExecutionRunId);
      await first.terminate();
    });

    test('TERMINATE_EXISTING: a new run in place of the open one', async (t) => {
      await using scene = suite.sceneWithoutWorker(t.name);
      const first = await open(scene);
      const second = await restart(scene, first.workflowId, 'TERMINATE_EXISTING');
      assert.notEqual(second.firstExecutionRunId, first.firstExecutionRunId);
      const old = suite.client.workflow.getHandle(first.workflowId, first.firstExecutionRunId);
      const error = await rejection(old.result(), WorkflowFailedError);
      assert.ok(error.cause instanceof TerminatedFailure);
      const { workflowExecutionTerminatedEventAttributes: closed } = await eventOfType(
        old,
        'WorkflowExecutionTerminated',
      );
      assert.equal(closed?.reason, 'TerminateIfRunning WorkflowIdReusePolicy');
      assert.equal(closed.identity, 'history-service');
      await second.terminate();
    });

    test('the same request twice is one start', async (t) => {
      await using scene = suite.sceneWithoutWorker(t.name);
      const request = {
        namespace: 'default',
        workflowId: scene.id(),
        workflowType: { name: 'inbox' },
        taskQueue: { name: scene.taskQueue },
        requestId: 'the same request',
      };
      const first = await suite.connection.workflowService.startWorkflowExecution(request);
      const second = await suite.connection.workflowService.startWorkflowExecution(request);
      assert.equal(second.runId, first.runId);
      assert.equal(first.started, true);
      assert.equal(second.started, true);
      await suite.client.workflow.getHandle(request.workflowId).terminate();
    });

    test('the same signal request twice is one signal', async (t) => {
      await using scene = suite.sceneWithoutWorker(t.name);
      const handle = await open(scene);
      const workflowExecution = { workflowId: handle.workflowId };
      const request = { namespace: 'default', workflowExecution, signalName: 'put', requestId: 'the same request' };
      await suite.connection.workflowService.signalWorkflowExecution(request);
      await suite.connection.workflowService.signalWorkflowExecution(request);
      await eventOfType(handle, 'WorkflowExecutionSignaled');
      await handle.terminate();
      await suite.connection.workflowService.signalWorkflowExecution(request);
    });
  });

  describe('list and count', PARALLEL, () => {
    test('by the system attributes', async (t) => {
      await using scene = await suite.scene(t.name);
      const before = new Date(Date.now() - 1);
      const ids = {
        completed: await closedWorkflow(scene, 'completed'),
        failed: await closedWorkflow(scene, 'failed'),
        terminated: await closedWorkflow(scene, 'terminated'),
        running: (await scene.start(waitsForever, [])).workflowId,
      };
      const all = Object.values(ids).sort();
      const here = `TaskQueue = '${scene.taskQueue}'`;
      const queries: readonly [string, readonly string[]][] = [
        [here, all],
        [`${here} AND WorkflowType = 'child'`, [ids.completed, ids.failed, ids.terminated]],
        [`${here} AND WorkflowType != 'child'`, [ids.running]],
        [`${here} AND ExecutionStatus = 'Running'`, [ids.running]],
        [`${here} AND ExecutionStatus IN ('Failed', 'Terminated')`, [ids.failed, ids.terminated]],
        [`WorkflowId = '${ids.failed}'`, [ids.failed]],
        [`WorkflowId STARTS_WITH '${scene.taskQueue}/'`, all],
        [`${here} AND StartTime >= '${before.toISOString()}'`, all],
        [`${here} AND StartTime < '${before.toISOString()}'`, []],
        [`${here} AND CloseTime IS NULL`, [ids.running]],
        [
          `${here} AND CloseTime BETWEEN '${before.toISOString()}' AND '2099-01-01T00:00:00Z'`,
          all.filter((id) => id !== ids.running),
        ],
        [`${here} AND (WorkflowType = 'waitsForever' OR ExecutionStatus = 'Completed')`, [ids.running, ids.completed]],
      ];
      for (const [query, expected] of queries) {
        await t.test(query.replaceAll(scene.taskQueue, '…'), async () => {
          await eventually(async () => {
            const found: string[] = [];
            for await (const { workflowId } of scene.client.workflow.list({ query, pageSize: 2 }))
              found.push(workflowId);
            assert.deepEqual(found.sort(), [...expected].sort());
            assert.equal((await scene.client.workflow.count(query)).count, expected.length);
          });
        });
      }
      await t.test('count by status', async () => {
        const { count, groups } = await scene.client.workflow.count(`${here} GROUP BY ExecutionStatus`);
        assert.equal(count, 4);
        const found = groups.map((group) => `${String(group.groupValues[0])}: ${String(group.count)}`);
        assert.deepEqual(found.sort(), ['Completed: 1', 'Failed: 1', 'Running: 1', 'Terminated: 1']);
      });
      await t.test('what a list entry says', async () => {
        for await (const entry of scene.client.workflow.list({ query: `WorkflowId = '${ids.completed}'` })) {
          assert.equal(entry.type, 'child');
          assert.equal(entry.taskQueue, scene.taskQueue);
          assert.equal(entry.status.name, 'COMPLETED');
          assert.ok(entry.closeTime !== undefined && entry.closeTime >= entry.startTime);
          assert.ok(entry.startTime >= before);
        }
      });
      await scene.client.workflow.getHandle(ids.running).terminate();
    });
  });
});
