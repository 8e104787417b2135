import { status } from '@grpc/grpc-js';
import type { temporal } from '@temporalio/proto';
import type { Journal } from '../journal.ts';
import type { Random } from '../seed.ts';
import type { Answer, Service } from '../service.ts';
import { NAMESPACE } from '../wire.ts';
import { timerViolations } from '../check/timers.ts';
import { TASK_QUEUE } from './commands.ts';
import { decide, type Program } from './program.ts';
import { viewOf } from './view.ts';

type WorkflowTask = temporal.api.workflowservice.v1.IPollWorkflowTaskQueueResponse;
type ActivityTask = temporal.api.workflowservice.v1.IPollActivityTaskQueueResponse;
type Completion = Answer<temporal.api.workflowservice.v1.IRespondWorkflowTaskCompletedResponse>;

const POLL_DEADLINE_MS = 10_000;

export interface WorkerParts {
  readonly service: Service;
  readonly journal: Journal;
  readonly random: Random;
  readonly signal: AbortSignal;
}

/**
 * Polls for workflow tasks and plays them until called off. Now and then it does what workers do to servers: it takes a
 * task and is never heard of again, it answers twice, it reports a failure.
 */
export async function workOnWorkflows(parts: WorkerParts, onEager: (task: ActivityTask) => void): Promise<void> {
  const { service, random, signal } = parts;
  const request = { namespace: NAMESPACE, taskQueue: { name: TASK_QUEUE }, identity: 'model worker' };
  while (!signal.aborted) {
    const task = await service.poll((calls) => calls.pollWorkflowTaskQueue(request), POLL_DEADLINE_MS, signal);
    if (task === undefined) await service.pause();
    else if (task.taskToken.length > 0) {
      if (random.chance(0.02)) continue;
      if (random.chance(0.02)) await fail(parts, task);
      else await complete(parts, task, onEager);
    }
  }
}

async function complete(
  { service, journal, random }: WorkerParts,
  task: WorkflowTask,
  onEager: (task: ActivityTask) => void,
): Promise<void> {
  const history = task.history?.events ?? [];
  const workflowId = task.workflowExecution?.workflowId ?? '';
  for (const violation of timerViolations(history)) journal.violations.push(`${workflowId}: ${violation}`);
  const view = viewOf(history);
  const commands = decide(view.input as Program, view);
  const request = { namespace: NAMESPACE, taskToken: task.taskToken ?? new Uint8Array(), commands };
  const send = (): Promise<Completion> => service.insist((calls) => calls.respondWorkflowTaskCompleted(request));
  const answers = await Promise.all(random.chance(0.03) ? [send(), send()] : [send()]);
  const replies = answers.filter((answer) => answer.kind === 'reply');
  journal.require(replies.length <= 1, `${workflowId}: a workflow task was completed twice`);
  for (const { reply } of replies) for (const eager of reply.activityTasks ?? []) onEager(eager);
  for (const answer of answers) {
    if (answer.kind === 'refused') {
      const { code, details } = answer.error;
      // A task that has ended, or a closing command while something new has come.
      const isExpected = code === status.NOT_FOUND || details.includes('UnhandledCommand');
      journal.require(isExpected, `${workflowId}: a completed workflow task was refused: ${details}`);
    }
  }
}

async function fail({ service }: WorkerParts, task: WorkflowTask): Promise<void> {
  const { taskToken } = task;
  await service.insist((calls) =>
    calls.respondWorkflowTaskFailed({
      namespace: NAMESPACE,
      taskToken: taskToken ?? new Uint8Array(),
      failure: { message: 'a worker that has bad luck', applicationFailureInfo: { type: 'BadLuck' } },
    }),
  );
}
