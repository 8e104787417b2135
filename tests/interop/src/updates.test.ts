import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, describe, test } from 'node:test';
import {
  isGrpcServiceError,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateStage,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import protobuf from '@temporalio/proto';
import { Suite } from './harness.ts';
import { type events, eventsOfType, expectHistory, expectMilestones } from './history.ts';
import { eventually, rejection } from './waiting.ts';
import {
  add,
  addChecked,
  addLater,
  breaks,
  busyCounter,
  counter,
  finish,
  goOn,
  relayRace,
  sum,
} from './workflows/updates.ts';

const { google, temporal } = protobuf;

const PARALLEL = { concurrency: 2, timeout: 300_000 };
const ACCEPTED = { waitForStage: WorkflowUpdateStage.ACCEPTED } as const;
const UPDATE = 'WorkflowExecutionUpdateAccepted WorkflowExecutionUpdateCompleted';

const suite = await Suite.open();
after(() => suite.close());

/** The failure with which an update came to its end. */
async function updateFailure(update: Promise<unknown>): Promise<ApplicationFailure> {
  const { cause } = await rejection(update, WorkflowUpdateFailedError);
  assert.ok(cause instanceof ApplicationFailure);
  return cause;
}

/** Waits until the first workflow task is over, so that the next update finds the workflow idle. */
async function idle(handle: Parameters<typeof events>[0]): Promise<void> {
  await eventually(async () => {
    assert.ok((await eventsOfType(handle, 'WorkflowTaskCompleted')).length > 0);
  });
}

/** What a refusal says of each operation. */
function operationMessages(details: string | Buffer | undefined): string[] {
  assert.ok(Buffer.isBuffer(details));
  const [detail] = google.rpc.Status.decode(details).details;
  const { MultiOperationExecutionFailure } = temporal.api.errordetails.v1;
  const { statuses } = MultiOperationExecutionFailure.decode(detail?.value ?? new Uint8Array());
  return statuses.map(({ message }) => message ?? '');
}

describe('updates', PARALLEL, () => {
  test('an update is accepted, completed and answered', async (t) => {
    await using scene = await suite.scene(t.name);
    const handle = await scene.start(counter, []);
    await idle(handle);
    assert.equal(await handle.executeUpdate(add, { args: [5] }), 5);
    assert.equal(await handle.executeUpdate(add, { args: [7] }), 12);
    await handle.signal(finish);
    assert.equal(await handle.result(), 12);
    await expectHistory(
      handle,
      `WorkflowExecutionStarted TASK TASK ${UPDATE} TASK ${UPDATE}
       WorkflowExecutionSignaled TASK WorkflowExecutionCompleted`,
    );
    const [accepted] = await eventsOfType(handle, 'WorkflowExecutionUpdateAccepted');
    const attributes = accepted?.workflowExecutionUpdateAcceptedEventAttributes;
    const updateId = attributes?.acceptedRequest?.meta?.updateId;
    assert.equal(attributes?.protocolInstanceId, updateId);
    assert.equal(attributes?.acceptedRequestMessageId, `${String(updateId)}/request`);
    assert.equal(Number(attributes?.acceptedRequestSequencingEventId), 5);
    assert.equal(attributes?.acceptedRequest?.input?.name, 'add');
    const [completed] = await eventsOfType(handle, 'WorkflowExecutionUpdateCompleted');
    assert.equal(Number(completed?.workflowExecutionUpdateCompletedEventAttributes?.acceptedEventId), 8);
  });

  test('an update that its validator refuses leaves no events', async (t) => {
    await using scene = await suite.scene(t.name);
    const handle = await scene.start(counter, []);
    await idle(handle);
    for (const value of [-1, -2, -3]) {
      const failure = await updateFailure(handle.executeUpdate(add, { args: [value] }));
      assert.equal(failure.message, `${String(value)} is negative`);
    }
    await expectHistory(handle, 'WorkflowExecutionStarted TASK');
    assert.equal(await handle.executeUpdate(add, { args: [1] }), 1);
    assert.equal(await handle.query(sum), 1);
    await expectHistory(handle, `WorkflowExecutionStarted TASK TASK ${UPDATE}`);
    const failure = await updateFailure(handle.executeUpdate(add, { args: [-4] }));
    assert.equal(failure.message, '-4 is negative');
    await handle.signal(finish);
    assert.equal(await handle.result(), 1);
    await expectHistory(
      handle,
      `WorkflowExecutionStarted TASK TASK ${UPDATE} WorkflowExecutionSignaled TASK WorkflowExecutionCompleted`,
    );
  });

  test('an update before the first workflow task goes with it', async (t) => {
    await using scene = suite.sceneWithoutWorker(t.name);
    const handle = await scene.start(counter, []);
    const update = handle.executeUpdate(add, { args: [5] });
    await scene.startWorker();
    assert.equal(await update, 5);
    await expectHistory(handle, `WorkflowExecutionStarted TASK ${UPDATE}`);
    await handle.signal(finish);
    assert.equal(await handle.result(), 5);
  });

  test('a handler may work with activities; the update is completed by a later task', async (t) => {
    await using scene = await suite.scene(t.name);
    const handle = await scene.start(counter, []);
    await idle(handle);
    assert.equal(await handle.executeUpdate(addChecked, { args: [3] }), 3);
    await expectHistory(
      handle,
      `WorkflowExecutionStarted TASK TASK WorkflowExecutionUpdateAccepted ACTIVITY TASK WorkflowExecutionUpdateCompleted`,
    );
    await handle.signal(finish);
    assert.equal(await handle.result(), 3);
  });

  test('startUpdate comes back once the update is accepted; its result is polled for', async (t) => {
    await using scene = await suite.scene(t.name);
    const handle = await scene.start(counter, []);
    const update = await handle.startUpdate(addLater, { args: [9], ...ACCEPTED });
    assert.equal(update.workflowRunId, handle.firstExecutionRunId);
    const result = update.result();
    await handle.signal(goOn);
    assert.equal(await result, 9);
    assert.equal(await handle.getUpdateHandle<number>(update.updateId).result(), 9);
    await handle.signal(finish);
    assert.equal(await handle.result(), 9);
  });

  test('an update id is taken up once, in a run that is open or closed', async (t) => {
    await using scene = await suite.scene(t.name);
    const handle = await scene.start(counter, []);
    const options = { args: [4] as [number], updateId: 'once' };
    const [first, second] = await Promise.all([handle.executeUpdate(add, options), handle.executeUpdate(add, options)]);
    assert.deepEqual([first, second], [4, 4]);
    assert.equal(await handle.executeUpdate(add, options), 4);
    await handle.signal(finish);
    assert.equal(await handle.result(), 4);
    assert.equal(await handle.executeUpdate(add, options), 4);
    assert.equal((await eventsOfType(handle, 'WorkflowExecutionUpdateAccepted')).length, 1);
    await rejection(handle.executeUpdate(add, { args: [1] }), WorkflowNotFoundError);
    await assert.rejects(handle.getUpdateHandle('never').result(), /update "never" not found/);
  });

  test('a handler that fails, or that does not exist, fails the update alone', async (t) => {
    await using scene = await suite.scene(t.name);
    const handle = await scene.start(counter, []);
    const broken = await updateFailure(handle.executeUpdate(breaks));
    assert.equal(broken.message, 'it broke');
    assert.equal(broken.type, 'Broken');
    const unknown = await updateFailure(handle.executeUpdate('nobodyHandlesThis'));
    assert.match(unknown.message, /nobodyHandlesThis/);
    assert.equal(await handle.executeUpdate(add, { args: [2] }), 2);
    await handle.signal(finish);
    assert.equal(await handle.result(), 2);
  });

  test('updates that come together are all taken up', async (t) => {
    await using scene = await suite.scene(t.name);
    const handle = await scene.start(counter, []);
    const values = [1, 2, 3, 4, 5, 6, 7, 8];
    const results = await Promise.all(values.map((value) => handle.executeUpdate(add, { args: [value] })));
    assert.equal(Math.max(...results), 36);
    assert.equal((await eventsOfType(handle, 'WorkflowExecutionUpdateCompleted')).length, values.length);
    await handle.signal(finish);
    assert.equal(await handle.result(), 36);
  });

  test('more updates than may be in flight are refused', async (t) => {
    await using scene = await suite.scene(t.name);
    const handle = await scene.start(counter, []);
    for (let index = 0; index < 10; index++) await handle.startUpdate(addLater, { args: [1], ...ACCEPTED });
    const request = {
      namespace: 'default',
      workflowExecution: { workflowId: handle.workflowId },
      request: { meta: { updateId: 'one too many' }, input: { name: 'add' } },
    };
    await assert.rejects(
      scene.client.connection.withDeadline(Date.now() + 1_000, () =>
        scene.client.workflowService.updateWorkflowExecution(request),
      ),
      isGrpcServiceError,
    );
    await handle.signal(goOn);
    await handle.signal(finish);
    assert.equal(await handle.result(), 10);
  });

  test('updates while activities run', async (t) => {
    await using scene = await suite.scene(t.name);
    const handle = await scene.start(busyCounter, [20]);
    for (let index = 0; index < 5; index++) await handle.executeUpdate(add, { args: [1] });
    assert.equal(await handle.result(), 5);
    assert.equal((await eventsOfType(handle, 'WorkflowExecutionUpdateCompleted')).length, 5);
  });

  test('a worker without the workflow in its cache takes updates, and refuses them without a trace', async (t) => {
    await using scene = await suite.scene(t.name, { maxCachedWorkflows: 0 });
    const handle = await scene.start(counter, []);
    await idle(handle);
    assert.equal(await handle.executeUpdate(add, { args: [1] }), 1);
    await updateFailure(handle.executeUpdate(add, { args: [-1] }));
    assert.equal(await handle.executeUpdate(add, { args: [1] }), 2);
    await expectHistory(handle, `WorkflowExecutionStarted TASK TASK ${UPDATE} TASK ${UPDATE}`);
    await handle.signal(finish);
    assert.equal(await handle.result(), 2);
  });

  test('an accepted update outlives its worker', async (t) => {
    await using scene = suite.sceneWithoutWorker(t.name);
    const first = await scene.startWorker();
    const handle = await scene.start(counter, []);
    assert.equal(await handle.executeUpdate(add, { args: [1] }), 1);
    const update = await handle.startUpdate(addLater, { args: [5], ...ACCEPTED });
    await first.stop();
    await handle.signal(goOn);
    const unseen = handle.executeUpdate(add, { args: [10] });
    await scene.startWorker();
    await Promise.all([update.result(), unseen]);
    await handle.signal(finish);
    assert.equal(await handle.result(), 16);
  });

  test('an update on an idle workflow finds the worker that took over', async (t) => {
    await using scene = suite.sceneWithoutWorker(t.name);
    const first = await scene.startWorker();
    const handle = await scene.start(counter, []);
    assert.equal(await handle.executeUpdate(add, { args: [1] }), 1);
    await first.stop();
    await scene.startWorker();
    assert.equal(await handle.executeUpdate(add, { args: [1] }), 2);
    await handle.signal(finish);
    assert.equal(await handle.result(), 2);
  });

  test('a workflow that closes over accepted updates fails them', async (t) => {
    await using scene = await suite.scene(t.name);
    const handle = await scene.start(counter, [false]);
    const update = await handle.startUpdate(addLater, { args: [1], ...ACCEPTED });
    const failed = updateFailure(update.result());
    await handle.signal(finish);
    assert.equal(await handle.result(), 0);
    const failure = await failed;
    assert.equal(failure.type, 'AcceptedUpdateCompletedWorkflow');
    assert.equal((await updateFailure(handle.getUpdateHandle(update.updateId).result())).type, failure.type);
    await expectMilestones(
      handle,
      'WorkflowExecutionStarted WorkflowExecutionUpdateAccepted WorkflowExecutionSignaled WorkflowExecutionCompleted',
    );
  });

  test('a terminated workflow aborts the updates that nobody has seen', async (t) => {
    await using scene = suite.sceneWithoutWorker(t.name);
    const handle = await scene.start(counter, []);
    const aborted = rejection(handle.executeUpdate(add, { args: [1] }), WorkflowNotFoundError);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await handle.terminate();
    await aborted;
    await expectHistory(handle, 'WorkflowExecutionStarted WorkflowTaskScheduled WorkflowExecutionTerminated');
  });

  test('updates go on with the next run of a workflow that continues as new', async (t) => {
    await using scene = await suite.scene(t.name);
    const first = await scene.start(relayRace, [0, 0]);
    const handle = scene.client.workflow.getHandle<typeof relayRace>(first.workflowId);
    assert.equal(await handle.executeUpdate(add, { args: [1] }), 1);
    await handle.signal(goOn);
    assert.equal(await handle.executeUpdate(add, { args: [1] }), 2);
    await eventually(async () => {
      const { runId } = await handle.describe();
      assert.notEqual(runId, first.firstExecutionRunId);
    });
    assert.equal(await handle.executeUpdate(add, { args: [1] }), 3);
    await handle.signal(finish);
    assert.equal(await handle.result(), 3);
  });

  test('update with start begins a workflow, or asks the one that runs', async (t) => {
    await using scene = await suite.scene(t.name);
    const workflowId = scene.id();
    const { taskQueue } = scene;
    const begin = (policy: 'USE_EXISTING' | 'FAIL') =>
      new WithStartWorkflowOperation(counter, {
        workflowId,
        taskQueue,
        args: [true],
        workflowIdConflictPolicy: policy,
      });
    const first = begin('FAIL');
    const options = { startWorkflowOperation: first, args: [5] as [number] };
    assert.equal(await scene.client.workflow.executeUpdateWithStart(add, options), 5);
    const handle = await first.workflowHandle();
    await expectHistory(handle, `WorkflowExecutionStarted TASK ${UPDATE}`);
    const second = begin('USE_EXISTING');
    const joined = { startWorkflowOperation: second, args: [2] as [number] };
    assert.equal(await scene.client.workflow.executeUpdateWithStart(add, joined), 7);
    const third = begin('FAIL');
    const refused = { startWorkflowOperation: third, args: [2] as [number] };
    await rejection(scene.client.workflow.executeUpdateWithStart(add, refused), WorkflowExecutionAlreadyStartedError);
    const fourth = begin('USE_EXISTING');
    const negative = { startWorkflowOperation: fourth, args: [-2] as [number] };
    const failure = await updateFailure(scene.client.workflow.executeUpdateWithStart(add, negative));
    assert.equal(failure.message, '-2 is negative');
    await handle.signal(finish);
    assert.equal(await handle.result(), 7);
  });

  test('update with start tells what became of each of its operations', async (t) => {
    await using scene = suite.sceneWithoutWorker(t.name);
    const workflowId = scene.id();
    const start = {
      namespace: 'default',
      workflowId,
      workflowType: { name: 'counter' },
      taskQueue: { name: scene.taskQueue },
      requestId: workflowId,
    };
    const update = {
      namespace: 'default',
      workflowExecution: { workflowId },
      request: { meta: { updateId: 'u' }, input: { name: 'add' } },
    };
    const cases: [object, object, number, (string | undefined)[]][] = [
      [{ ...start, cronSchedule: '* * * * *' }, update, 3, ['CronSchedule is not allowed.', 'Operation was aborted.']],
      [
        start,
        { ...update, firstExecutionRunId: randomUUID() },
        3,
        ['Operation was aborted.', 'FirstExecutionRunId is not allowed.'],
      ],
      [
        start,
        { ...update, workflowExecution: { workflowId: 'another' } },
        3,
        ['Operation was aborted.', 'WorkflowId is not consistent with previous operation(s).'],
      ],
      [
        { ...start, workflowId: '' },
        { ...update, request: {} },
        3,
        ['WorkflowId is not set on request.', 'Update meta is not set on request.'],
      ],
    ];
    for (const [startWorkflow, updateWorkflow, code, messages] of cases) {
      const operations = [{ startWorkflow }, { updateWorkflow }];
      const request = { namespace: 'default', operations };
      const error: unknown = await scene.client.workflowService.executeMultiOperation(request).then(
        () => undefined,
        (refusal: unknown) => refusal,
      );
      assert.ok(isGrpcServiceError(error));
      assert.equal(error.code, code, error.details);
      assert.equal(error.details, 'Update-with-Start could not be executed.');
      assert.deepEqual(operationMessages(error.metadata.get('grpc-status-details-bin')[0]), messages);
    }
  });
});
