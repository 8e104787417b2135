import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import {
  Client,
  isGrpcServiceError,
  QueryNotRegisteredError,
  QueryRejectedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { CancelledFailure, TerminatedFailure } from '@temporalio/common';
import { Suite } from './harness.ts';
import { eventOfType, eventsOfType, expectHistory, expectMilestones } from './history.ts';
import { cleansUp, shrugsOff, stubborn } from './workflows/cancellation.ts';
import { bigFamily, cancelsChild, child, leavesChild, nudgesChild, parent } from './workflows/children.ts';
import {
  brokenQuery,
  canceller,
  contents,
  contentsWithPrefix,
  courier,
  inbox,
  put,
  seal,
} from './workflows/messages.ts';
import { waitsForever } from './workflows/time.ts';
import { eventually, rejection } from './waiting.ts';

const PARALLEL = { concurrency: 2, timeout: 300_000 };
const MISSING = 'nobody-started-this';
const notFound = (what: string): unknown => ({
  failure: {
    kind: 'ApplicationFailure',
    message: `Unable to ${what} not found`,
    type: 'ExternalWorkflowExecutionNotFound',
  },
});

const suite = await Suite.open();
after(() => suite.close());

describe('messages', { concurrency: 4 }, () => {
  describe('signals', PARALLEL, () => {
    test('signals sent before the first task arrive in order', async (t) => {
      await using scene = suite.sceneWithoutWorker(t.name);
      const handle = await scene.start(inbox, []);
      const items = Array.from({ length: 10 }, (_, index) => `item ${String(index)}`);
      for (const item of items) await handle.signal(put, item);
      await handle.signal(seal);
      await scene.startWorker();
      assert.deepEqual(await handle.result(), items);
      await expectHistory(
        handle,
        `WorkflowExecutionStarted WorkflowTaskScheduled ${'WorkflowExecutionSignaled '.repeat(11)}
         WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionCompleted`,
      );
    });

    test('signals sent while the workflow runs arrive once each, in order', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(inbox, []);
      const items = Array.from({ length: 30 }, (_, index) => `item ${String(index)}`);
      for (const item of items) await handle.signal(put, item);
      await handle.signal(seal);
      assert.deepEqual(await handle.result(), items);
      assert.equal((await eventsOfType(handle, 'WorkflowExecutionSignaled')).length, 31);
    });

    test('signalWithStart starts a workflow, or signals the one that runs', async (t) => {
      await using scene = await suite.scene(t.name);
      const workflowId = scene.id();
      const options = { workflowId, taskQueue: scene.taskQueue, signal: put } as const;
      const first = await scene.client.workflow.signalWithStart(inbox, { ...options, signalArgs: ['one'] });
      const second = await scene.client.workflow.signalWithStart(inbox, { ...options, signalArgs: ['two'] });
      assert.equal(first.signaledRunId, second.signaledRunId);
      await first.signal(seal);
      assert.deepEqual(await first.result(), ['one', 'two']);
      const third = await scene.client.workflow.signalWithStart(inbox, { ...options, signalArgs: ['three'] });
      assert.notEqual(third.signaledRunId, first.signaledRunId);
      await third.signal(seal);
      assert.deepEqual(await third.result(), ['three']);
    });

    test('a workflow signals another', async (t) => {
      await using scene = await suite.scene(t.name);
      const target = await scene.start(inbox, []);
      const sender = await scene.start(courier, [target.workflowId, ['letter', 'parcel']]);
      assert.deepEqual(await target.result(), ['letter', 'parcel']);
      await sender.result();
      await expectMilestones(
        sender,
        `WorkflowExecutionStarted ${'SignalExternalWorkflowExecutionInitiated ExternalWorkflowExecutionSignaled '.repeat(3)}
         WorkflowExecutionCompleted`,
      );
      const [signaled] = await eventsOfType(target, 'WorkflowExecutionSignaled');
      const { workflowExecutionSignaledEventAttributes: attributes } = signaled ?? {};
      assert.equal(attributes?.externalWorkflowExecution?.workflowId, sender.workflowId);
      assert.equal(attributes.externalWorkflowExecution.runId, sender.firstExecutionRunId);
    });

    test('a workflow cancels another', async (t) => {
      await using scene = await suite.scene(t.name);
      const target = await scene.start(waitsForever, []);
      const sender = await scene.start(canceller, [target.workflowId]);
      const error = await rejection(target.result(), WorkflowFailedError);
      assert.ok(error.cause instanceof CancelledFailure);
      await sender.result();
      await expectMilestones(
        sender,
        `WorkflowExecutionStarted RequestCancelExternalWorkflowExecutionInitiated
         ExternalWorkflowExecutionCancelRequested WorkflowExecutionCompleted`,
      );
    });

    test('a signal to a workflow that does not exist fails inside the sender', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(courier, [MISSING, ['lost']]);
      assert.deepEqual(await handle.result(), notFound('signal external workflow because it was'));
      await expectMilestones(
        handle,
        `WorkflowExecutionStarted SignalExternalWorkflowExecutionInitiated SignalExternalWorkflowExecutionFailed
         WorkflowExecutionCompleted`,
      );
    });

    test('a cancel to a workflow that does not exist fails inside the sender', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(canceller, [MISSING]);
      assert.deepEqual(await handle.result(), notFound('cancel external workflow because'));
      await expectMilestones(
        handle,
        `WorkflowExecutionStarted RequestCancelExternalWorkflowExecutionInitiated
         RequestCancelExternalWorkflowExecutionFailed WorkflowExecutionCompleted`,
      );
    });
  });

  describe('queries', PARALLEL, () => {
    for (const [name, options] of [
      ['a cached workflow', {}],
      ['a workflow that is replayed for each query', { maxCachedWorkflows: 0 }],
    ] as const) {
      test(`${name} answers while it runs and after it closed`, async (t) => {
        await using scene = await suite.scene(t.name, options);
        const handle = await scene.start(inbox, []);
        assert.deepEqual(await handle.query(contents), []);
        await handle.signal(put, 'apple');
        await handle.signal(put, 'pear');
        assert.deepEqual(await handle.query(contents), ['apple', 'pear']);
        assert.deepEqual(await handle.query(contentsWithPrefix, 'p'), ['pear']);
        await handle.signal(seal);
        await handle.result();
        assert.deepEqual(await handle.query(contents), ['apple', 'pear']);
      });
    }

    test('a query that fails, one that is unknown, one to a workflow that does not exist', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(inbox, []);
      const broken = await rejection(handle.query(brokenQuery), QueryNotRegisteredError);
      assert.match(broken.message, /the query broke/);
      const unknown = await rejection(handle.query('noSuchQuery'), QueryNotRegisteredError);
      assert.match(unknown.message, /noSuchQuery/);
      const missing = scene.client.workflow.getHandle(MISSING);
      await rejection(missing.query(contents), WorkflowNotFoundError);
      await handle.terminate();
    });

    test('a query is rejected when the workflow is not open', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(inbox, []);
      await handle.signal(seal);
      await handle.result();
      const { connection } = suite;
      for (const [queryRejectCondition, rejected] of [
        ['NOT_OPEN', true],
        ['NOT_COMPLETED_CLEANLY', false],
        ['NONE', false],
      ] as const) {
        const client = new Client({ connection, workflow: { queryRejectCondition } });
        const query = client.workflow.getHandle(handle.workflowId).query(contents);
        if (!rejected) assert.deepEqual(await query, []);
        else assert.equal((await rejection(query, QueryRejectedError)).status, 2, 'COMPLETED');
      }
    });

    test('a query waits for a worker no longer than its deadline', async (t) => {
      await using scene = suite.sceneWithoutWorker(t.name);
      const handle = await scene.start(inbox, []);
      const query = scene.client.withDeadline(Date.now() + 700, () => handle.query(contents));
      const error = await rejection(query, Error);
      assert.ok(isGrpcServiceError(error.cause));
      // Whether the client's clock or the server's ends the call first decides the code: cancelled or deadline exceeded.
      assert.ok([1, 4].includes(error.cause.code), error.cause.message);
    });
  });

  describe('cancellation', PARALLEL, () => {
    test('a cancelled workflow cleans up and closes as cancelled', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(cleansUp, []);
      await eventually(() => eventOfType(handle, 'TimerStarted'));
      await handle.cancel();
      const error = await rejection(handle.result(), WorkflowFailedError);
      assert.ok(error.cause instanceof CancelledFailure);
      assert.deepEqual(scene.journal.entries, ['clean up']);
      assert.equal((await handle.describe()).status.name, 'CANCELLED');
      await expectHistory(
        handle,
        `WorkflowExecutionStarted TASK TimerStarted WorkflowExecutionCancelRequested
         TASK TimerCanceled ACTIVITY TASK WorkflowExecutionCanceled`,
      );
      await handle.cancel();
    });

    test('a workflow may complete in spite of being cancelled; asking twice is asking once', async (t) => {
      await using scene = suite.sceneWithoutWorker(t.name);
      const handle = await scene.start(shrugsOff, []);
      await handle.cancel();
      await handle.cancel();
      await scene.startWorker();
      assert.equal(await handle.result(), 'completed all the same');
      assert.equal((await eventsOfType(handle, 'WorkflowExecutionCancelRequested')).length, 1);
    });

    test('a workflow that does not exist cannot be cancelled', async () => {
      await rejection(suite.client.workflow.getHandle(MISSING).cancel(), WorkflowNotFoundError);
    });
  });

  describe('termination', PARALLEL, () => {
    test('a terminated workflow ends at once, with the reason', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(stubborn, []);
      await eventually(() => eventOfType(handle, 'WorkflowTaskCompleted'));
      await handle.terminate('the test has seen enough');
      const error = await rejection(handle.result(), WorkflowFailedError);
      assert.ok(error.cause instanceof TerminatedFailure);
      assert.equal(error.cause.message, 'the test has seen enough');
      assert.equal((await handle.describe()).status.name, 'TERMINATED');
      await expectHistory(handle, 'WorkflowExecutionStarted TASK WorkflowExecutionTerminated');
      const again = await rejection(handle.terminate(), WorkflowNotFoundError);
      assert.equal(again.message, 'workflow execution already completed');
      await rejection(handle.signal(put, 'too late'), WorkflowNotFoundError);
    });

    test('termination while a workflow task runs fails that task', async (t) => {
      await using scene = suite.sceneWithoutWorker(t.name);
      const handle = await scene.start(stubborn, []);
      const poll = { namespace: 'default', taskQueue: { name: scene.taskQueue } };
      const task = await suite.connection.withDeadline(Date.now() + 60_000, () =>
        suite.connection.workflowService.pollWorkflowTaskQueue(poll),
      );
      assert.equal(task.workflowExecution?.workflowId, handle.workflowId);
      await handle.terminate();
      await expectHistory(
        handle,
        `WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskFailed
         WorkflowExecutionTerminated`,
      );
    });
  });

  describe('children', PARALLEL, () => {
    test('a child gives its result to its parent', async (t) => {
      await using scene = await suite.scene(t.name);
      const childId = scene.id('child');
      const handle = await scene.start(parent, [{ kind: 'succeed', value: 'a greeting' }, childId]);
      assert.deepEqual(await handle.result(), { value: `a greeting from ${handle.workflowId}` });
      await expectMilestones(
        handle,
        `WorkflowExecutionStarted StartChildWorkflowExecutionInitiated ChildWorkflowExecutionStarted
         ChildWorkflowExecutionCompleted WorkflowExecutionCompleted`,
      );
      const description = await suite.client.workflow.getHandle(childId).describe();
      assert.equal(description.parentExecution?.workflowId, handle.workflowId);
      assert.equal(description.rootExecution?.workflowId, handle.workflowId);
    });

    const trouble = { kind: 'ApplicationFailure', message: 'the child failed', type: 'ChildTrouble' };
    for (const { name, plan, options, closing, failure } of [
      {
        name: 'fails',
        plan: { kind: 'fail' },
        options: {},
        closing: 'Failed',
        failure: { kind: 'ChildWorkflowFailure', retryState: 'RETRY_POLICY_NOT_SET', cause: trouble },
      },
      {
        name: 'times out',
        plan: { kind: 'wait' },
        options: { workflowRunTimeout: '3s' },
        closing: 'TimedOut',
        failure: {
          kind: 'ChildWorkflowFailure',
          retryState: 'RETRY_POLICY_NOT_SET',
          cause: { kind: 'TimeoutFailure', message: 'Timed out', timeoutType: 'START_TO_CLOSE' },
        },
      },
    ] as const) {
      test(`a child that ${name}`, async (t) => {
        await using scene = await suite.scene(t.name);
        const handle = await scene.start(parent, [plan, scene.id('child'), options]);
        assert.deepEqual(await handle.result(), { failure });
        await expectMilestones(
          handle,
          `WorkflowExecutionStarted StartChildWorkflowExecutionInitiated ChildWorkflowExecutionStarted
           ChildWorkflowExecution${closing} WorkflowExecutionCompleted`,
        );
      });
    }

    test('a child that is terminated', async (t) => {
      await using scene = await suite.scene(t.name);
      const childId = scene.id('child');
      const handle = await scene.start(parent, [{ kind: 'wait' }, childId]);
      await eventually(() => eventOfType(handle, 'ChildWorkflowExecutionStarted'));
      await suite.client.workflow.getHandle(childId).terminate();
      const result = await handle.result();
      assert.ok('failure' in result);
      assert.equal(result.failure.cause?.kind, 'TerminatedFailure');
      await eventOfType(handle, 'ChildWorkflowExecutionTerminated');
    });

    test('a child that continues as new is one child', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(parent, [{ kind: 'continue', runs: 2 }, scene.id('child')]);
      assert.deepEqual(await handle.result(), { value: 'the last run' });
      await expectMilestones(
        handle,
        `WorkflowExecutionStarted StartChildWorkflowExecutionInitiated ChildWorkflowExecutionStarted
         ChildWorkflowExecutionCompleted WorkflowExecutionCompleted`,
      );
    });

    test('a cancelled child', async (t) => {
      await using scene = await suite.scene(t.name);
      const childId = scene.id('child');
      const handle = await scene.start(cancelsChild, [childId]);
      const result = await handle.result();
      assert.ok('failure' in result);
      assert.equal(result.failure.cause?.kind, 'CancelledFailure');
      assert.equal((await suite.client.workflow.getHandle(childId).describe()).status.name, 'CANCELLED');
      await expectMilestones(
        handle,
        `WorkflowExecutionStarted StartChildWorkflowExecutionInitiated ChildWorkflowExecutionStarted
         RequestCancelExternalWorkflowExecutionInitiated ExternalWorkflowExecutionCancelRequested
         ChildWorkflowExecutionCanceled WorkflowExecutionCompleted`,
      );
    });

    test('a parent signals its child', async (t) => {
      await using scene = await suite.scene(t.name);
      assert.equal(await scene.execute(nudgesChild, [scene.id('child'), 'hello']), 'nudged: hello');
    });

    test('a child whose id is taken does not start', async (t) => {
      await using scene = await suite.scene(t.name);
      const other = await scene.start(child, [{ kind: 'wait' }]);
      const handle = await scene.start(parent, [{ kind: 'succeed', value: 'x' }, other.workflowId]);
      const result = await handle.result();
      assert.ok('failure' in result);
      assert.equal(result.failure.kind, 'WorkflowExecutionAlreadyStartedError');
      await expectMilestones(
        handle,
        `WorkflowExecutionStarted StartChildWorkflowExecutionInitiated StartChildWorkflowExecutionFailed
         WorkflowExecutionCompleted`,
      );
      await other.terminate();
    });

    for (const [policy, status, cause] of [
      ['TERMINATE', 'TERMINATED', TerminatedFailure],
      ['REQUEST_CANCEL', 'CANCELLED', CancelledFailure],
      ['ABANDON', 'RUNNING', undefined],
    ] as const) {
      test(`parent close policy ${policy}`, async (t) => {
        await using scene = await suite.scene(t.name);
        const childId = scene.id('child');
        await scene.execute(leavesChild, [childId, policy]);
        const left = suite.client.workflow.getHandle(childId);
        if (cause === undefined) {
          assert.equal((await left.describe()).status.name, status);
          await left.terminate();
          return;
        }
        const error = await rejection(left.result(), WorkflowFailedError);
        assert.equal(error.cause?.constructor, cause);
        assert.equal((await left.describe()).status.name, status);
        const [closing, request] = policy === 'TERMINATE' ? ['Terminated', 0] : ['Canceled', 1];
        await eventOfType(left, `WorkflowExecution${closing}`);
        assert.equal((await eventsOfType(left, 'WorkflowExecutionCancelRequested')).length, request);
      });
    }

    test('twelve children at once', async (t) => {
      await using scene = await suite.scene(t.name);
      const results = await scene.execute(bigFamily, [12]);
      assert.equal(results.length, 12);
    });
  });
});
