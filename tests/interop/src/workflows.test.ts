import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import {
  Client,
  isGrpcServiceError,
  NamespaceNotFoundError,
  ServiceError,
  WorkflowContinuedAsNewError,
  WorkflowFailedError,
} from '@temporalio/client';
import type { WorkflowExecutionDescription, WorkflowStartOptions } from '@temporalio/client';
import { TimeoutFailure } from '@temporalio/common';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { summarize } from './failures.ts';
import { Suite } from './harness.ts';
import { eventOfType, events, eventsOfType, eventType, expectHistory, expectMilestones } from './history.ts';
import { approval, approvalStatus, decide } from './workflows/approval.ts';
import { contents, inbox, put, seal } from './workflows/messages.ts';
import { saga } from './workflows/saga.ts';
import { alarms, cancelsTimer, failsUntil, nap, relay, samples, waitsForever } from './workflows/time.ts';
import { annotates, buggy, markers, threeSteps } from './workflows/versions.ts';
import { eventually, rejection } from './waiting.ts';

const PARALLEL = { concurrency: 2, timeout: 300_000 };

const suite = await Suite.open();
after(() => suite.close());

/** The workflow code after a deployment that mends it. */
function mendedBundle(): WorkflowBundleOption {
  return { code: suite.bundle.code.replaceAll("'build-with-a-bug';", "'mended-build';") };
}

describe('workflows', { concurrency: 4 }, () => {
  describe('saga', PARALLEL, () => {
    test('a saga that succeeds undoes nothing', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(saga, [['flight', 'hotel']]);
      assert.deepEqual(await handle.result(), ['flight done', 'hotel done']);
      assert.deepEqual(scene.journal.entries, ['flight', 'hotel']);
      await expectHistory(
        handle,
        'WorkflowExecutionStarted TASK ACTIVITY TASK ACTIVITY TASK WorkflowExecutionCompleted',
      );
    });

    test('a saga that fails undoes its steps in reverse, and fails with their error', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(saga, [['flight', 'hotel', 'broken car']]);
      const error = await rejection(handle.result(), WorkflowFailedError);
      assert.deepEqual(summarize(error.cause), {
        kind: 'ActivityFailure',
        retryState: 'NON_RETRYABLE_FAILURE',
        cause: { kind: 'ApplicationFailure', message: 'broken car is not available', type: 'StepFailed' },
      });
      assert.deepEqual(scene.journal.entries, ['flight', 'hotel', 'broken car', 'undo hotel', 'undo flight']);
      await expectHistory(
        handle,
        `WorkflowExecutionStarted TASK ACTIVITY TASK ACTIVITY TASK
         ActivityTaskScheduled ActivityTaskStarted ActivityTaskFailed TASK
         ACTIVITY TASK ACTIVITY TASK WorkflowExecutionFailed`,
      );
      assert.equal((await handle.describe()).status.name, 'FAILED');
    });
  });

  describe('approval', PARALLEL, () => {
    test('approved by a signal before the timer fires', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(approval, ['the refund', 3_600_000]);
      await scene.journal.until('ask about the refund');
      assert.equal(await handle.query(approvalStatus), 'pending');
      await eventually(() => eventOfType(handle, 'TimerStarted'));
      await handle.signal(decide, { approved: true, by: 'an editor' });
      assert.equal(await handle.result(), 'approved by an editor');
      assert.equal(await handle.query(approvalStatus), 'approved by an editor');
      assert.deepEqual(scene.journal.entries, ['ask about the refund', 'execute the refund']);
      await expectHistory(
        handle,
        `WorkflowExecutionStarted TASK ACTIVITY TASK TimerStarted
         WorkflowExecutionSignaled TASK TimerCanceled ACTIVITY TASK WorkflowExecutionCompleted`,
      );
    });

    test('timed out when nobody answers', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(approval, ['the refund', 300]);
      assert.equal(await handle.result(), 'timed out');
      assert.deepEqual(scene.journal.entries, ['ask about the refund', 'escalate the refund']);
      await expectHistory(
        handle,
        `WorkflowExecutionStarted TASK ACTIVITY TASK TimerStarted TimerFired
         TASK ACTIVITY TASK WorkflowExecutionCompleted`,
      );
    });
  });

  describe('timers', PARALLEL, () => {
    test('a timer is not early', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(nap, [700]);
      assert.ok((await handle.result()) >= 700);
      const started = await eventOfType(handle, 'TimerStarted');
      const fired = await eventOfType(handle, 'TimerFired');
      assert.equal(started.timerStartedEventAttributes?.startToFireTimeout?.nanos, 700_000_000);
      assert.ok(instantMs(fired.eventTime) - instantMs(started.eventTime) >= 700);
    });

    test('timers fire by deadline', async (t) => {
      await using scene = await suite.scene(t.name);
      assert.deepEqual(await scene.execute(alarms, [[900, 100, 500]]), [100, 500, 900]);
    });

    test('a cancelled timer never fires', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(cancelsTimer, []);
      assert.deepEqual(await handle.result(), { failure: { kind: 'CancelledFailure' } });
      await expectHistory(
        handle,
        'WorkflowExecutionStarted TASK TimerStarted ACTIVITY TASK TimerCanceled WorkflowExecutionCompleted',
      );
    });

    test('a start delay holds back the first task', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(nap, [1], { startDelay: '1s' });
      assert.ok((await handle.result()) >= 1);
      const [started, scheduled] = await events(handle);
      assert.equal(eventType(scheduled ?? {}), 'WorkflowTaskScheduled');
      assert.ok(instantMs(scheduled?.eventTime) - instantMs(started?.eventTime) >= 1000);
    });
  });

  describe('continue-as-new', PARALLEL, () => {
    test('a chain of runs', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(relay, [3]);
      const runIds = await handle.result();
      assert.equal(new Set(runIds).size, 3);
      assert.equal(runIds[0], handle.firstExecutionRunId);
      const runs = runIds.map((runId) => suite.client.workflow.getHandle(handle.workflowId, runId));
      const statuses = await Promise.all(runs.map(async (run) => (await run.describe()).status.name));
      assert.deepEqual(statuses, ['CONTINUED_AS_NEW', 'CONTINUED_AS_NEW', 'COMPLETED']);
      for (const [index, run] of runs.entries()) {
        const last = index === 2;
        await expectHistory(
          run,
          `WorkflowExecutionStarted TASK WorkflowExecution${last ? 'Completed' : 'ContinuedAsNew'}`,
        );
        const [first] = await events(run);
        const started = first?.workflowExecutionStartedEventAttributes;
        assert.equal(started?.firstExecutionRunId, runIds[0]);
        assert.equal(started?.continuedExecutionRunId, index === 0 ? '' : runIds[index - 1]);
        if (last) continue;
        const closed = await eventOfType(run, 'WorkflowExecutionContinuedAsNew');
        assert.equal(closed.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId, runIds[index + 1]);
      }
    });

    test('a client that does not follow runs is told of the next one', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(relay, [2]);
      const [, second] = await handle.result();
      const { workflowId, firstExecutionRunId } = handle;
      const first = suite.client.workflow.getHandle(workflowId, firstExecutionRunId, { followRuns: false });
      const error = await rejection(first.result(), WorkflowContinuedAsNewError);
      assert.equal(error.newExecutionRunId, second);
    });
  });

  describe('workflow timeouts and retries', PARALLEL, () => {
    for (const timeout of ['workflowRunTimeout', 'workflowExecutionTimeout'] as const) {
      test(timeout, async (t) => {
        await using scene = await suite.scene(t.name);
        const handle = await scene.start(waitsForever, [], { [timeout]: '4s' });
        const error = await rejection(handle.result(), WorkflowFailedError);
        assert.ok(error.cause instanceof TimeoutFailure);
        assert.equal(error.cause.timeoutType, 'START_TO_CLOSE');
        assert.equal((await handle.describe()).status.name, 'TIMED_OUT');
        await expectHistory(handle, 'WorkflowExecutionStarted TASK TimerStarted WorkflowExecutionTimedOut');
      });
    }

    test('a workflow with a retry policy runs anew until it succeeds', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(failsUntil, [2], { retry: { initialInterval: '1s', maximumAttempts: 5 } });
      assert.equal(await handle.result(), 2);
      const first = suite.client.workflow.getHandle(handle.workflowId, handle.firstExecutionRunId);
      await expectHistory(first, 'WorkflowExecutionStarted TASK WorkflowExecutionFailed');
      const closed = await eventOfType(first, 'WorkflowExecutionFailed');
      assert.equal(closed.workflowExecutionFailedEventAttributes?.retryState, 1, 'RETRY_STATE_IN_PROGRESS');
      assert.notEqual(closed.workflowExecutionFailedEventAttributes.newExecutionRunId, '');
    });

    test('a workflow whose retries are used up fails', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(failsUntil, [9], { retry: { initialInterval: '1s', maximumAttempts: 2 } });
      const error = await rejection(handle.result(), WorkflowFailedError);
      assert.equal(error.retryState, 'MAXIMUM_ATTEMPTS_REACHED');
      assert.deepEqual(summarize(error.cause), { kind: 'ApplicationFailure', message: 'run 2 failed', type: 'NotYet' });
    });
  });

  describe('code and history', PARALLEL, () => {
    test('a plain error fails the workflow task; the workflow goes on once the code is mended', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(buggy, [], { workflowTaskTimeout: '5s' });
      await eventually(async () => {
        const { pendingWorkflowTask } = (await handle.describe()).raw;
        assert.ok((pendingWorkflowTask?.attempt ?? 0) >= 2);
      });
      await scene.workers[0]?.stop();
      await scene.startWorker({ workflowBundle: mendedBundle() });
      assert.equal(await handle.result(), 'after the bug done');
      // One failure on the sticky queue and one on the normal queue; the failures after those leave no events.
      const [failed] = await eventsOfType(handle, 'WorkflowTaskFailed');
      assert.match(failed?.workflowTaskFailedEventAttributes?.failure?.message ?? '', /cannot read properties/);
      await expectHistory(
        handle,
        `WorkflowExecutionStarted TASK ACTIVITY
         WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskFailed
         WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskFailed
         TASK ACTIVITY TASK WorkflowExecutionCompleted`,
      );
    });

    test('time, randomness and ids are the same on each replay', async (t) => {
      await using scene = await suite.scene(t.name, { maxCachedWorkflows: 0 });
      const handle = await scene.start(samples, []);
      const { told, seen } = await handle.result();
      assert.deepEqual(seen, told);
      assert.equal(new Set(seen.map(({ uuid }) => uuid)).size, 3);
      assert.equal(new Set(seen.map(({ random }) => random)).size, 3);
      await expectHistory(
        handle,
        'WorkflowExecutionStarted TASK ACTIVITY TASK ACTIVITY TASK ACTIVITY TASK WorkflowExecutionCompleted',
      );
    });

    test('local activities and patches are markers', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(markers, []);
      assert.deepEqual(await handle.result(), ['local one done', 'local two done', 'new step done']);
      await expectHistory(
        handle,
        `WorkflowExecutionStarted TASK MarkerRecorded MarkerRecorded MarkerRecorded
         UpsertWorkflowSearchAttributes ACTIVITY TASK WorkflowExecutionCompleted`,
      );
      const names = (await eventsOfType(handle, 'MarkerRecorded')).map(
        (event) => event.markerRecordedEventAttributes?.markerName,
      );
      assert.deepEqual(names, ['core_local_activity', 'core_local_activity', 'core_patch']);
      const { searchAttributes } = await handle.describe();
      assert.deepEqual(searchAttributes['TemporalChangeVersion'], ['new-step']);
    });

    test('a recorded history replays, and does not replay on other code', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(threeSteps, []);
      await handle.result();
      const history = await handle.fetchHistory();
      await Worker.runReplayHistory({ workflowBundle: suite.bundle }, history, handle.workflowId);
      const other = Worker.runReplayHistory({ workflowBundle: mendedBundle() }, history, handle.workflowId);
      await rejection(other, DeterminismViolationError);
    });
  });

  describe('memo and search attributes', PARALLEL, () => {
    test('given at the start, changed by the workflow, shown by describe', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(annotates, [], {
        memo: { owner: 'tests', removed: 1, nested: { list: [1, 2] } },
        searchAttributes: { BatcherUser: ['a writer'], BatcherNamespace: ['kept'] },
      });
      const atStart = { BatcherUser: ['a writer'], BatcherNamespace: ['kept'] };
      assert.deepEqual(attributesOf(await handle.describe()), atStart);
      const given = await handle.result();
      assert.deepEqual(given, {
        memo: { owner: 'tests', removed: 1, nested: { list: [1, 2] } },
        searchAttributes: atStart,
      });
      const described = await handle.describe();
      assert.deepEqual(described.memo, { owner: 'tests', stage: 'annotated', nested: { list: [1, 2] } });
      assert.deepEqual(attributesOf(described), { ...atStart, BatcherUser: ['a reviewer'] });
      await expectMilestones(
        handle,
        `WorkflowExecutionStarted WorkflowPropertiesModified UpsertWorkflowSearchAttributes ACTIVITY
         WorkflowExecutionCompleted`,
      );
    });

    test('an attribute that nobody registered is refused', async (t) => {
      await using scene = suite.sceneWithoutWorker(t.name);
      const start = scene.start(waitsForever, [], { searchAttributes: { NobodyRegisteredThis: ['x'] } });
      const error = await rejection(start, ServiceError);
      assert.ok(isGrpcServiceError(error.cause));
      assert.equal(error.cause.code, 3);
      assert.equal(
        error.cause.details,
        'Namespace default has no mapping defined for search attribute NobodyRegisteredThis',
      );
    });
  });

  describe('workers', PARALLEL, () => {
    test('a workflow goes on with another worker when the one that has it cached is killed', async (t) => {
      await using scene = suite.sceneWithoutWorker(t.name);
      const handle = await scene.start(inbox, [], { workflowTaskTimeout: '2s' });
      const doomed = await spawnWorker(scene.taskQueue);
      await handle.signal(put, 'for the first worker');
      assert.deepEqual(await handle.query(contents), ['for the first worker']);
      doomed.kill('SIGKILL');
      await once(doomed, 'exit');
      await handle.signal(put, 'for the second worker');
      await handle.signal(seal);
      await scene.startWorker();
      assert.deepEqual(await handle.result(), ['for the first worker', 'for the second worker']);
      const identities = (await eventsOfType(handle, 'WorkflowTaskCompleted')).map(
        (event) => event.workflowTaskCompletedEventAttributes?.identity,
      );
      assert.equal(identities[0], 'worker-process');
      assert.notEqual(identities.at(-1), 'worker-process');
    });

    test('a workflow goes on with another worker after a graceful shutdown', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(inbox, []);
      await handle.signal(put, 'for the first worker');
      assert.deepEqual(await handle.query(contents), ['for the first worker']);
      await scene.workers[0]?.stop();
      await scene.startWorker();
      assert.deepEqual(await handle.query(contents), ['for the first worker']);
      await handle.signal(seal);
      assert.deepEqual(await handle.result(), ['for the first worker']);
      assert.equal((await eventsOfType(handle, 'WorkflowTaskTimedOut')).length, 0);
    });

    test('a worker refuses to start in a namespace that does not exist', async (t) => {
      await using scene = suite.sceneWithoutWorker(t.name);
      const worker = scene.startWorker({ namespace: 'nowhere', workflowBundle: undefined as never });
      await assert.rejects(worker, /nowhere/);
    });

    test('a client is told that the namespace does not exist', async () => {
      const client = new Client({ connection: suite.connection, namespace: 'nowhere' });
      const start = client.workflow.start(waitsForever, { workflowId: 'w', taskQueue: 'q' });
      assert.equal((await rejection(start, NamespaceNotFoundError)).namespace, 'nowhere');
    });

    test('the test environment of the SDK takes a server that is there already', async (t) => {
      await using scene = await suite.scene(t.name);
      const environment = await TestWorkflowEnvironment.createFromExistingServer({ address: suite.address });
      const options = {
        workflowId: scene.id(),
        taskQueue: scene.taskQueue,
        args: [['flight']],
      } satisfies WorkflowStartOptions<typeof saga>;
      assert.deepEqual(await environment.client.workflow.execute(saga, options), ['flight done']);
      await environment.teardown();
    });

    test('a workflow starts eagerly on a worker of the same connection', async (t) => {
      await using scene = await suite.scene(t.name);
      const client = new Client({ connection: suite.native });
      const handle = await client.workflow.start(saga, {
        workflowId: scene.id(),
        taskQueue: scene.taskQueue,
        args: [['flight']],
        requestEagerStart: true,
      });
      assert.equal(handle.eagerlyStarted, true);
      assert.deepEqual(await handle.result(), ['flight done']);
      const { workflowExecutionStartedEventAttributes: started } = await eventOfType(
        handle,
        'WorkflowExecutionStarted',
      );
      assert.equal(started?.eagerExecutionAccepted, true);
    });
  });
});

/** The search attributes that the program set; the server adds the build ids of the workers. */
function attributesOf({ searchAttributes }: WorkflowExecutionDescription): Record<string, unknown> {
  const { BuildIds: _, ...own } = searchAttributes;
  return own;
}

/** A worker in another process; its copy of the bundle goes when the process does. */
async function spawnWorker(taskQueue: string): Promise<ChildProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'perdure-interop-'));
  const file = join(folder, 'workflows.js');
  await writeFile(file, suite.bundle.code);
  const child = fork(new URL('./worker-process.ts', import.meta.url), [suite.address, taskQueue, file], {
    // The SDK's core logs to standard output, on which this process reports its tests.
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  child.once('exit', () => rmSync(folder, { recursive: true }));
  await once(child, 'message');
  return child;
}

function instantMs(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1000 + (time?.nanos ?? 0) / 1e6;
}
