import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { temporal } from '@temporalio/proto';
import type { AttemptRecord } from '../journal.ts';
import { NAMESPACE, payloadsOf, valueOf } from '../wire.ts';
import { RETRY_MAX_MS, RETRY_MS, START_TO_CLOSE_MS, TASK_QUEUE } from './commands.ts';
import type { ActivityManner } from './program.ts';
import type { WorkerParts } from './workflow-worker.ts';

type ActivityTask = temporal.api.workflowservice.v1.IPollActivityTaskQueueResponse;

const POLL_DEADLINE_MS = 10_000;
const BEATS = 3;
const FLAKY_FAILURES = 2;

/** Polls for activity tasks and plays them, several at a time, until called off. */
export async function workOnActivities(parts: WorkerParts): Promise<void> {
  const { service, signal } = parts;
  const request = { namespace: NAMESPACE, taskQueue: { name: TASK_QUEUE }, identity: 'model worker' };
  const atWork = new Set<Promise<void>>();
  while (!signal.aborted) {
    const task = await service.poll((calls) => calls.pollActivityTaskQueue(request), POLL_DEADLINE_MS, signal);
    if (task === undefined) await service.pause();
    else if (task.taskToken.length > 0) {
      const work = playActivity(parts, task).finally(() => atWork.delete(work));
      atWork.add(work);
    }
  }
  await Promise.all(atWork);
}

/** Plays one activity task in the manner that its type names. */
export async function playActivity(parts: WorkerParts, task: ActivityTask): Promise<void> {
  const { journal, random } = parts;
  const attempt = journal.beginAttempt({
    workflowId: task.workflowExecution?.workflowId ?? '',
    runId: task.workflowExecution?.runId ?? '',
    activityId: task.activityId ?? '',
    attempt: task.attempt ?? 0,
  });
  checkBackoff(parts, attempt);
  // A worker that dies with its task; and one that was thought dead and answers after all.
  if (random.chance(0.02)) return;
  if (random.chance(0.02)) await delay(START_TO_CLOSE_MS + 300);
  switch (task.activityType?.name as ActivityManner) {
    case 'plain':
      return await complete(parts, task, attempt);
    case 'flaky':
      return attempt.attempt <= FLAKY_FAILURES
        ? await fail(parts, task, attempt)
        : await complete(parts, task, attempt);
    case 'beat':
      checkHeartbeat(parts, task, attempt);
      return attempt.attempt === 1 ? await heartbeat(parts, task, attempt) : await complete(parts, task, attempt);
    case 'outside':
      await delay(random.between(0, 1_000));
      return await (random.chance(0.5) ? complete(parts, task, attempt) : completeById(parts, attempt));
  }
}

/** A retry never comes before its delay, counted from when the worker reported the failure that the server has taken. */
function checkBackoff({ journal }: WorkerParts, attempt: AttemptRecord): void {
  const failedAtMs = journal.attemptBefore(attempt)?.failedAtMs;
  if (failedAtMs === undefined) return;
  const delayMs = Math.min(RETRY_MS * 2 ** (attempt.attempt - 2), RETRY_MAX_MS);
  const early = failedAtMs + delayMs - Date.now();
  const name = `${attempt.workflowId}/${attempt.activityId}`;
  journal.require(early <= 0, `${name}: attempt ${attempt.attempt} came ${early} ms before its delay was over`);
}

/** An attempt is given the details of the last heartbeat that was acknowledged, or of a later one. */
function checkHeartbeat({ journal }: WorkerParts, task: ActivityTask, attempt: AttemptRecord): void {
  const acknowledged = journal.attemptBefore(attempt)?.beat ?? 0;
  if (acknowledged === 0) return;
  const given = task.heartbeatDetails ? valueOf<number>(task.heartbeatDetails) : 0;
  const name = `${attempt.workflowId}/${attempt.activityId}`;
  journal.require(given >= acknowledged, `${name}: heartbeat ${acknowledged} is lost, the next attempt got ${given}`);
}

/** Completes it with its token; now and then twice, with two results. */
async function complete(parts: WorkerParts, task: ActivityTask, attempt: AttemptRecord): Promise<void> {
  const { service, random } = parts;
  const send = async (): Promise<void> => {
    const marker = `${attempt.attempt}:${randomUUID()}`;
    attempt.sent.add(marker);
    const request = {
      namespace: NAMESPACE,
      taskToken: task.taskToken ?? new Uint8Array(),
      result: payloadsOf(marker),
    };
    const answer = await service.insist((calls) => calls.respondActivityTaskCompleted(request));
    if (answer.kind === 'reply') attempt.acknowledged.push(marker);
  };
  await Promise.all(random.chance(0.05) ? [send(), send()] : [send()]);
}

/** Completes it as somebody does who knows only its names. */
async function completeById({ service }: WorkerParts, attempt: AttemptRecord): Promise<void> {
  const { workflowId, runId, activityId } = attempt;
  const marker = `by id:${randomUUID()}`;
  attempt.sent.add(marker);
  const request = { namespace: NAMESPACE, workflowId, runId, activityId, result: payloadsOf(marker) };
  const answer = await service.insist((calls) => calls.respondActivityTaskCompletedById(request));
  if (answer.kind === 'reply') attempt.acknowledged.push(marker);
}

async function fail({ service }: WorkerParts, task: ActivityTask, attempt: AttemptRecord): Promise<void> {
  const failedAtMs = Date.now();
  const answer = await service.insist((calls) =>
    calls.respondActivityTaskFailed({
      namespace: NAMESPACE,
      taskToken: task.taskToken ?? new Uint8Array(),
      failure: { message: 'not yet', applicationFailureInfo: { type: 'NotYet' } },
    }),
  );
  // Where it was refused, the attempt had timed out before, and the delay counts from then.
  if (answer.kind === 'reply') attempt.failedAtMs = failedAtMs;
}

/** Heartbeats some times and falls silent. */
async function heartbeat({ service }: WorkerParts, task: ActivityTask, attempt: AttemptRecord): Promise<void> {
  for (let beat = 1; beat <= BEATS; beat += 1) {
    const request = { namespace: NAMESPACE, taskToken: task.taskToken ?? new Uint8Array(), details: payloadsOf(beat) };
    const answer = await service.insist((calls) => calls.recordActivityTaskHeartbeat(request));
    if (answer.kind === 'refused') return;
    attempt.beat = beat;
    await delay(40);
  }
}
