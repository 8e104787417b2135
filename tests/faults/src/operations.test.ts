import { status } from '@grpc/grpc-js';
import protobuf from '@temporalio/proto';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { listRuns, readHistory } from './check/runs.ts';
import { Site } from './site.ts';
import { Service } from './service.ts';
import {
  durationOf,
  EventType,
  type HistoryEvent,
  NAMESPACE,
  payloadsOf,
  valueOf,
  WorkflowExecutionStatus,
} from './wire.ts';

const PROGRAM = fileURLToPath(new URL('official/worker-process.ts', import.meta.url));
const WORKFLOWS = fileURLToPath(new URL('official/workflows.ts', import.meta.url));
const TASK_QUEUE = 'operations';
/** A queue without workers: what waits there stays open. */
const NOBODY = 'nobody';

/** So many clients of a kind work at the same time. */
const CLIENTS = ['a', 'b', 'c'] as const;

const ROUNDS = Number(process.env['PERDURE_FAULT_ROUNDS'] ?? 4);
/** From the last fault until all that was asked for has happened. */
const PATIENCE_MS = 90_000;
const SECOND_MS = 1_000;

const { UpdateWorkflowExecutionLifecycleStage: Stage, ScheduleOverlapPolicy } = protobuf.temporal.api.enums.v1;

async function startWorkflow(service: Service, workflowId: string, taskQueue: string): Promise<string> {
  const request = {
    namespace: NAMESPACE,
    workflowId,
    workflowType: { name: 'ledger' },
    taskQueue: { name: taskQueue },
    workflowTaskTimeout: durationOf(1_500),
    requestId: `start of ${workflowId}`,
  };
  return (await service.demand((calls) => calls.startWorkflowExecution(request))).runId;
}

/** Adds entries, each until it is completed; the place that each was told. */
async function keepLedger(service: Service, writers: readonly string[], ends: AbortSignal) {
  const places = new Map<string, number>();
  const runId = await startWorkflow(service, 'ledger', TASK_QUEUE);
  await Promise.all(writers.map((writer) => addEntries(service, writer, places, ends)));
  return { runId, places };
}

type Update = (
  request: protobuf.temporal.api.workflowservice.v1.IUpdateWorkflowExecutionRequest,
) => Promise<protobuf.temporal.api.workflowservice.v1.UpdateWorkflowExecutionResponse>;

async function addEntries(
  service: Service,
  writer: string,
  places: Map<string, number>,
  ends: AbortSignal,
): Promise<void> {
  for (let number = 0; !ends.aborted; number += 1) {
    const entry = `entry ${number} of ${writer}`;
    const request = {
      namespace: NAMESPACE,
      workflowExecution: { workflowId: 'ledger' },
      waitPolicy: { lifecycleStage: Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED },
      request: { meta: { updateId: entry }, input: { name: 'add', args: payloadsOf(entry) } },
    };
    const { outcome } = await updateWhenReady(service, request);
    assert.ok(outcome?.success, `${entry} has no outcome`);
    places.set(entry, valueOf<number>(outcome.success));
    await delay(30);
  }
}

/** Three workflow tasks in a row may have met their end with a server: whoever updates then is to come again. */
async function updateWhenReady(service: Service, request: Parameters<Update>[0]): Promise<Awaited<ReturnType<Update>>> {
  for (;;) {
    const answer = await service.insist((calls) => calls.updateWorkflowExecution(request));
    if (answer.kind === 'reply') return answer.reply;
    assert.match(answer.error.details, /due to Workflow Task in failed state/);
    await delay(100);
  }
}

/** Resets workflows to their first workflow task; the run that each reset is said to have made, by workflow id. */
async function resetWorkflows(
  service: Service,
  client: string,
  ends: AbortSignal,
): Promise<readonly (readonly [workflowId: string, runId: string])[]> {
  const made: [string, string][] = [];
  for (let number = 0; !ends.aborted; number += 1) {
    const workflowId = `reset-${client}-${number}`;
    const runId = await startWorkflow(service, workflowId, TASK_QUEUE);
    const point = async () => (await readHistory(service, workflowId, runId)).find(isCompletedTask);
    let completed = await point();
    for (; completed === undefined; completed = await point()) await delay(20);
    const request = {
      namespace: NAMESPACE,
      workflowExecution: { workflowId, runId },
      workflowTaskFinishEventId: completed.eventId ?? null,
      reason: 'back to the beginning',
      requestId: `reset of ${workflowId}`,
    };
    const reply = await service.demand((calls) => calls.resetWorkflowExecution(request));
    made.push([workflowId, reply.runId]);
    await delay(50);
  }
  return made;
}

function isCompletedTask({ eventType }: HistoryEvent): boolean {
  return eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED;
}

/** Starts workflows and deletes every second one. */
async function deleteWorkflows(service: Service, ends: AbortSignal) {
  const kept: string[] = [];
  const deleted: { readonly workflowId: string; readonly runId: string }[] = [];
  for (let number = 0; !ends.aborted; number += 1) {
    const workflowId = `delete-${number}`;
    const runId = await startWorkflow(service, workflowId, NOBODY);
    if (number % 2 === 0) kept.push(runId);
    else {
      const request = { namespace: NAMESPACE, workflowExecution: { workflowId, runId } };
      const answer = await service.insist((calls) => calls.deleteWorkflowExecution(request));
      // Done the first time, there is nothing left for the second.
      assert.ok(answer.kind === 'reply' || (!answer.isFirstTry && answer.error.code === status.NOT_FOUND), workflowId);
      deleted.push({ workflowId, runId });
    }
    await delay(40);
  }
  return { kept, deleted };
}

/** A schedule of an action each second, paused in the end; from when until when it was certain to be at work. */
async function keepSchedule(service: Service, ends: AbortSignal) {
  const scheduleId = 'each-second';
  const request = {
    namespace: NAMESPACE,
    scheduleId,
    requestId: 'the schedule',
    schedule: {
      spec: { interval: [{ interval: durationOf(SECOND_MS) }] },
      action: {
        startWorkflow: { workflowId: 'tick', workflowType: { name: 'tick' }, taskQueue: { name: NOBODY } },
      },
      policies: { overlapPolicy: ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL },
    },
  };
  await service.demand((calls) => calls.createSchedule(request));
  const fromMs = Date.now();
  if (!ends.aborted) await once(ends, 'abort');
  const untilMs = Date.now();
  const schedule = { namespace: NAMESPACE, scheduleId };
  await eventually(async () => {
    const last = (await actionTimes(service, scheduleId)).at(-1) ?? 0;
    assert.ok(last > untilMs - SECOND_MS, 'what was due is not done');
  });
  await service.demand((calls) => calls.patchSchedule({ ...schedule, patch: { pause: 'the end' } }));
  const { info } = await service.demand((calls) => calls.describeSchedule(schedule));
  return { scheduleId, fromMs, untilMs, actionCount: Number(info?.actionCount) };
}

test('updates, resets, deletions and schedules: done once, whenever the server is killed', async (context) => {
  await using site = await Site.open(context);
  const random = site.random.fork('kills');
  const { code } = await bundleWorkflowCode({ workflowsPath: WORKFLOWS, logger: new DefaultLogger('ERROR') });
  const bundle = join(site.folder, 'workflows.js');
  writeFileSync(bundle, code);
  let server = await site.serve();
  const workerArguments = [PROGRAM, site.address, TASK_QUEUE, bundle, join(site.folder, 'shipments')];
  const worker = spawn(process.execPath, workerArguments, { stdio: ['ignore', 2, 2] });
  const service = new Service(site.address);
  const ends = new AbortController();
  try {
    const clients = Promise.all([
      keepLedger(service, CLIENTS, ends.signal),
      Promise.all(CLIENTS.map((client) => resetWorkflows(service, client, ends.signal))),
      deleteWorkflows(service, ends.signal),
      keepSchedule(service, ends.signal),
    ]);
    for (let round = 0; round < ROUNDS; round += 1) {
      await Promise.race([delay(random.between(500, 1_500)), clients]);
      await server.kill();
      await delay(random.between(0, 1_200));
      server = await site.serve();
    }
    ends.abort();
    const [ledger, made, deletions, schedule] = await clients;
    const resets = made.flat();
    const { places } = ledger;
    context.diagnostic(`${places.size} updates, ${resets.length} resets, ${deletions.deleted.length} deletions`);
    await assertLedger(service, ledger);
    await assertResets(service, resets);
    await assertDeletions(service, deletions);
    await assertSchedule(service, schedule);
    await server.kill();
    server = await site.serve();
    await assertDeletions(service, deletions);
  } finally {
    ends.abort();
    await service.close();
    worker.kill('SIGKILL');
    await once(worker, 'exit');
  }
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
  site.assertFileIsSound();
});

/** Each entry is in the ledger once, at the place that was told. */
async function assertLedger(
  service: Service,
  { runId, places }: Awaited<ReturnType<typeof keepLedger>>,
): Promise<void> {
  const workflowExecution = { workflowId: 'ledger' };
  const close = { namespace: NAMESPACE, workflowExecution, signalName: 'close', requestId: 'close' };
  await service.demand((calls) => calls.signalWorkflowExecution(close));
  const result = await eventually(async () => {
    const history = await readHistory(service, 'ledger', runId);
    const completed = history.at(-1)?.workflowExecutionCompletedEventAttributes;
    assert.ok(completed, 'the ledger is not closed');
    return valueOf<string[]>(completed.result);
  });
  assert.ok(places.size > 0);
  assert.deepEqual(new Map(result.map((entry, index) => [entry, index + 1])), places);
  assert.equal(result.length, places.size);
}

/** Of each workflow there are two runs: the one that was reset, and the one that its reset has made. */
async function assertResets(service: Service, made: readonly (readonly [string, string])[]): Promise<void> {
  assert.ok(made.length > 0);
  for (const [workflowId, runId] of made) {
    const runs = await listRuns(service, `WorkflowId = '${workflowId}'`);
    const { WORKFLOW_EXECUTION_STATUS_RUNNING: running, WORKFLOW_EXECUTION_STATUS_TERMINATED: terminated } =
      WorkflowExecutionStatus;
    assert.deepEqual(
      runs.map((run) => run.status),
      [running, terminated],
      workflowId,
    );
    assert.equal(runs[0]?.runId, runId, workflowId);
  }
}

async function assertDeletions(
  service: Service,
  { kept, deleted }: Awaited<ReturnType<typeof deleteWorkflows>>,
): Promise<void> {
  assert.ok(deleted.length > 0);
  await eventually(async () => {
    const runs = await listRuns(service, `TaskQueue = '${NOBODY}' AND WorkflowType = 'ledger'`);
    assert.deepEqual(new Set(runs.map(({ runId }) => runId)), new Set(kept));
  });
  for (const execution of deleted) {
    const answer = await service.insist((calls) =>
      calls.describeWorkflowExecution({ namespace: NAMESPACE, execution }),
    );
    assert.equal(answer.kind, 'refused', execution.workflowId);
  }
}

/** Each second has one action, those in which no server was there too. */
async function assertSchedule(
  service: Service,
  { scheduleId, fromMs, untilMs, actionCount }: Awaited<ReturnType<typeof keepSchedule>>,
): Promise<void> {
  const times = await eventually(async () => {
    const there = await actionTimes(service, scheduleId);
    assert.equal(there.length, actionCount);
    return there;
  });
  const [first = 0] = times;
  assert.deepEqual(
    times,
    times.map((_, index) => first + index * SECOND_MS),
    'a second was left out or came twice',
  );
  assert.ok(first <= fromMs + SECOND_MS && (times.at(-1) ?? 0) > untilMs - SECOND_MS, `${first}, ${fromMs}`);
}

/** The times of a schedule's actions, in their order. */
async function actionTimes(service: Service, scheduleId: string): Promise<number[]> {
  const runs = await listRuns(service, `TemporalScheduledById = '${scheduleId}'`);
  return runs.map(({ workflowId }) => Date.parse(workflowId.slice('tick-'.length))).toSorted((a, b) => a - b);
}

async function eventually<T>(check: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(100);
    }
  }
}
