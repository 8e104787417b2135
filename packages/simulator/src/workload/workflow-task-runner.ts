import { toDuration } from '@perdure/core';
import { QueryResultType, TaskQueueKind, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import type {
  Command,
  HistoryEvent,
  PollActivityTaskQueueResponse,
  PollWorkflowTaskQueueResponse,
  RespondWorkflowTaskCompletedResponse,
  WorkflowQueryResult,
} from '@perdure/proto/types';
import { BAD_COMMAND, failure } from '../model/commands.ts';
import type { Outcome } from '../network/network.ts';
import { toPayloads } from '../model/payload.ts';
import { Replay, type TaskAnswer } from '../model/replay.ts';
import { readUpdates } from '../model/update-messages.ts';
import { holdsTask, type WorkerTools } from './worker-tools.ts';

/** Workflows in the cache; beyond that the oldest go. */
const CACHED_MAX = 6;

/** The half of a worker that carries workflows on: it leads them through their histories and answers with commands. */
export class WorkflowTaskRunner {
  readonly #tools: WorkerTools;
  readonly #onActivity: (task: PollActivityTaskQueueResponse) => void;
  /** By run id, the least recently used first. */
  readonly #cache = new Map<string, Replay>();
  /** How far each run has been led; a reply that comes late must not bring an older state back. */
  readonly #ledTo = new Map<string, number>();

  constructor(tools: WorkerTools, onActivity: (task: PollActivityTaskQueueResponse) => void) {
    this.#tools = tools;
    this.#onActivity = onActivity;
  }

  get stickyTaskQueue() {
    const { stickyQueue, queue } = this.#tools;
    return { name: stickyQueue, kind: TaskQueueKind.Sticky, normalName: queue };
  }

  /** Does a task, and those that come with the replies. */
  async run(first: PollWorkflowTaskQueueResponse): Promise<void> {
    for (let task: PollWorkflowTaskQueueResponse | undefined = first; task !== undefined && holdsTask(task);) {
      task = await this.#runOne(task);
    }
  }

  async #runOne(task: PollWorkflowTaskQueueResponse): Promise<PollWorkflowTaskQueueResponse | undefined> {
    const { random, habits, sleep, die } = this.#tools;
    const { thinkMaxMs, stalls, dies, forgets } = habits();
    if (random.chance(dies)) die();
    // Slow attempts that follow one another are what makes answers come too late.
    const stallsNow = random.chance((task.attempt ?? 1) > 1 ? 6 * stalls : stalls);
    await sleep(stallsNow ? random.int(2_000, 8_000) : random.delayMs(thinkMaxMs));
    if (random.chance(forgets)) return undefined;
    const replay = await this.#lead(task);
    if (replay === undefined) return undefined;
    if (task.query !== undefined) {
      await this.#answerQuery(task, replay.replay);
      return undefined;
    }
    const { failure: failing } = replay.replay.workflow;
    const fails = failing !== undefined && (task.attempt ?? 1) <= failing.attempts;
    if (random.chance(habits().failsTask) || (fails && !failing.badCommand)) {
      await this.#fail(task);
      return undefined;
    }
    const { commands, messages } = replay.answer;
    // An old worker knows nothing of updates, and says nothing of them.
    const ignores = !fails && commands.length === 0 && random.chance(habits().ignoresUpdates);
    const answer = { commands: fails ? spoil(commands) : commands, messages: ignores ? [] : messages };
    return this.#complete(task, replay.replay, answer);
  }

  /** Leads the workflow to where the task is. Undefined where the task turns out to be over. */
  async #lead(task: PollWorkflowTaskQueueResponse) {
    const { workflowId = '', runId = '' } = task.workflowExecution ?? {};
    const { random, habits } = this.#tools;
    if (random.chance(habits().evicts)) this.#cache.delete(runId);
    const cached = this.#cache.get(runId);
    // What is led on fits no earlier state any more: it comes back when the task is done.
    this.#cache.delete(runId);
    const events = await this.#eventsOf(task, cached?.lastEventId);
    const isQuery = task.query !== undefined;
    const first = events?.[0]?.eventId ?? (cached?.lastEventId ?? 0) + 1;
    const replay = first === 1 ? new Replay(workflowId, runId) : cached;
    if (events === undefined || replay === undefined) return undefined;
    const answer = replay.feed(events, readUpdates(task.messages));
    this.#ledTo.set(runId, Math.max(replay.lastEventId, this.#ledTo.get(runId) ?? 0));
    // The reply to an earlier task may have brought an older state back while the events were fetched.
    this.#cache.delete(runId);
    if (isQuery && first !== 1) this.#keep(runId, replay);
    const ready = isQuery || replay.lastEventId === task.startedEventId;
    return ready ? { replay, answer } : undefined;
  }

  /** The events that follow what is in the cache, or all; undefined where they cannot be had. */
  async #eventsOf(task: PollWorkflowTaskQueueResponse, cachedId = 0): Promise<readonly HistoryEvent[] | undefined> {
    const events = [...(task.history?.events ?? [])];
    let { nextPageToken = new Uint8Array(0) } = task;
    const first = events[0]?.eventId;
    const startsOver = first !== 1 && (cachedId === 0 || (first !== undefined && first !== cachedId + 1));
    if (startsOver) {
      events.length = 0;
      nextPageToken = new Uint8Array(0);
    }
    for (let page = 0; startsOver ? page === 0 || nextPageToken.length > 0 : nextPageToken.length > 0; page++) {
      const { namespace, persist } = this.#tools;
      const execution = task.workflowExecution;
      const outcome = await persist('GetWorkflowExecutionHistory', { namespace, execution, nextPageToken });
      if (outcome.kind !== 'reply') return undefined;
      events.push(...(outcome.message.history?.events ?? []));
      nextPageToken = outcome.message.nextPageToken ?? new Uint8Array(0);
    }
    const { startedEventId = 0 } = task;
    return task.query === undefined ? events.filter(({ eventId = 0 }) => eventId <= startedEventId) : events;
  }

  /** The task never was. What it showed comes again; a workflow that has taken in more than that has to start over. */
  #takeBack(runId: string, task: PollWorkflowTaskQueueResponse, replay: Replay, eventId: number): void {
    this.#ledTo.set(runId, eventId);
    const shown = (task.startedEventId ?? 0) - 2 - (eventId + 1);
    if (shown > 0) return;
    replay.rewind(eventId);
    this.#keep(runId, replay);
  }

  #keep(runId: string, replay: Replay): void {
    if (replay.lastEventId < (this.#ledTo.get(runId) ?? 0)) return;
    this.#cache.set(runId, replay);
    for (const oldest of this.#cache.keys()) {
      if (this.#cache.size <= CACHED_MAX) break;
      this.#cache.delete(oldest);
    }
  }

  async #answerQuery(task: PollWorkflowTaskQueueResponse, replay: Replay): Promise<void> {
    const { namespace, call } = this.#tools;
    const { taskToken } = task;
    const queryResult = toPayloads(replay.workflow.result);
    const completedType = QueryResultType.Answered;
    await call('RespondQueryTaskCompleted', { namespace, taskToken, completedType, queryResult });
  }

  async #fail({ taskToken }: PollWorkflowTaskQueueResponse): Promise<void> {
    const { namespace, identity, persist } = this.#tools;
    const cause = WorkflowTaskFailedCause.WorkflowWorkerUnhandledFailure;
    const request = { namespace, taskToken, cause, identity, failure: failure('the model fails its task') };
    await persist('RespondWorkflowTaskFailed', request);
  }

  async #complete(
    task: PollWorkflowTaskQueueResponse,
    replay: Replay,
    { commands, messages }: TaskAnswer,
  ): Promise<PollWorkflowTaskQueueResponse | undefined> {
    const { random, habits, namespace, identity, binaryChecksum, call, persist, spawn, sleep } = this.#tools;
    const closes = commands.some(closesRun);
    const request = {
      namespace,
      identity,
      binaryChecksum,
      taskToken: task.taskToken,
      commands,
      messages,
      capabilities: { discardSpeculativeWorkflowTaskWithEvents: random.chance(0.5) },
      stickyAttributes: random.chance(0.9)
        ? { workerTaskQueue: this.stickyTaskQueue, scheduleToStartTimeout: toDuration(random.int(500, 4_000)) }
        : undefined,
      returnNewWorkflowTask: random.chance(0.7),
      forceCreateNewWorkflowTask: !closes && random.chance(habits().forcesTask),
      queryResults: answers(task, replay),
    };
    const outcome = await persist('RespondWorkflowTaskCompleted', request);
    if (random.chance(habits().answersTwice)) {
      spawn(async () => {
        await sleep(random.int(0, 2_000));
        await call('RespondWorkflowTaskCompleted', request);
      });
    }
    return this.#goOn(task, replay, outcome);
  }

  /** The workflow stays in the cache only where the server has said that it took the commands. */
  #goOn(
    task: PollWorkflowTaskQueueResponse,
    replay: Replay,
    outcome: Outcome<RespondWorkflowTaskCompletedResponse>,
  ): PollWorkflowTaskQueueResponse | undefined {
    if (outcome.kind !== 'reply') return undefined;
    const { runId = '' } = task.workflowExecution ?? {};
    const { resetHistoryEventId = 0 } = outcome.message;
    if (resetHistoryEventId > 0) this.#takeBack(runId, task, replay, resetHistoryEventId);
    else this.#keep(runId, replay);
    for (const activity of outcome.message.activityTasks ?? []) this.#onActivity(activity);
    return outcome.message.workflowTask;
  }
}

/** The same commands with one among them that no server takes; one that ends the run stays the last. */
function spoil(commands: readonly Command[]): readonly Command[] {
  const closing = commands.filter(closesRun);
  return [...commands.filter((command) => !closesRun(command)), BAD_COMMAND, ...closing];
}

function closesRun(command: Command): boolean {
  return (
    command.completeWorkflowExecutionCommandAttributes !== undefined ||
    command.failWorkflowExecutionCommandAttributes !== undefined ||
    command.cancelWorkflowExecutionCommandAttributes !== undefined ||
    command.continueAsNewWorkflowExecutionCommandAttributes !== undefined
  );
}

function answers({ queries }: PollWorkflowTaskQueueResponse, replay: Replay): Record<string, WorkflowQueryResult> {
  const answer = toPayloads(replay.workflow.result);
  const ids = Object.keys(queries ?? {});
  return Object.fromEntries(ids.map((id) => [id, { resultType: QueryResultType.Answered, answer }]));
}
