import { CommandType, EventType, WorkflowExecutionStatus } from '@perdure/proto/enums';
import type {
  Command,
  HistoryEvent,
  Payload,
  Payloads,
  RespondWorkflowTaskCompletedRequest,
  StartWorkflowExecutionRequest,
} from '@perdure/proto/types';
import { assert, present } from '../kernel/assert.ts';
import { enumName } from '../kernel/enum-name.ts';
import type { Env, NamespaceView } from '../kernel/env.ts';
import { AttributeType } from '../visibility/index.ts';
import { jsonText } from '../kernel/json-payload.ts';
import { defaultLimits, type Limits } from '../kernel/limits.ts';
import { isRejection, type Rejection } from '../kernel/rejection.ts';
import type { ActivityTaskView } from './activity/activity-task.ts';
import type { ReplyOf } from '../aggregate/input.ts';
import type { Input, Replies, WorkflowTaskCompletion } from './input.ts';
import { isSpeculative } from './fleeting.ts';
import { durableState, reapply, restoreRun } from './rebuild.ts';
import { Replay } from './reset/replay.ts';
import type { PastEvent, ResetInput, ResetPast } from './reset/reset-input.ts';
import { isOpen, type Run } from './run.ts';
import { step, type Workflow } from './step.ts';
import type { WorkflowTaskView } from './task/workflow-task-view.ts';
import type { Effect, Step, TaskOffer } from './transition.ts';
import type { UpdateMessage } from './update/messages.ts';
import { wakeAtMs } from './wake.ts';

/** When a bench begins; times in transcripts count from here. */
export const START_MS = 1_700_000_000_000;

const NAMESPACE: NamespaceView = {
  id: 'namespace-id',
  name: 'default',
  customAttributes: new Map([
    ['Colour', AttributeType.Keyword],
    ['Size', AttributeType.Int],
    ['Tags', AttributeType.KeywordList],
    ['field', AttributeType.Keyword],
  ]),
};

/**
 * One workflow id for tests: a clock that stands still until it is advanced, ids that count, and a record of events and
 * effects. After each step every run that it changed is rebuilt from what was recorded and must come out the same.
 */
export class Bench {
  nowMs = START_MS;
  /** What chance comes to. */
  random = 0;
  /** Binaries that the namespace has given up, with the reason. */
  badBinaries: Readonly<Record<string, string>> = {};
  readonly limits: Limits;
  readonly workflowId: string;
  /** What the steps have asked for; tests take from it. */
  effects: Effect[] = [];
  #current: Run | undefined;
  readonly #others = new Map<string, Run>();
  readonly #rebuilt = new Map<string, Run>();
  readonly #events = new Map<string, HistoryEvent[]>();
  #ids = 0;

  constructor(options: { readonly limits?: Partial<Limits>; readonly workflowId?: string } = {}) {
    this.limits = { ...defaultLimits, ...options.limits };
    this.workflowId = options.workflowId ?? 'workflow';
  }

  /** The newest run. */
  get run(): Run {
    return present(this.#current, 'the workflow has been started');
  }

  get workflow(): Workflow {
    return {
      namespaceId: NAMESPACE.id,
      workflowId: this.workflowId,
      current: this.#current,
      others: this.#others,
    };
  }

  get env(): Env {
    const bad = Object.entries(this.badBinaries).map(([checksum, reason]) => [checksum, { reason }] as const);
    return {
      nowMs: this.nowMs,
      limits: this.limits,
      namespace: { ...NAMESPACE, badBinaries: Object.fromEntries(bad) },
      newId: () => `id-${++this.#ids}`,
      random: () => this.random,
      encodeListInfo: () => new Uint8Array(0),
      encodeEvent: (event) => new Uint8Array(canonical(event).length),
      namespaceByName: (name) => (name === '' || name === NAMESPACE.name ? NAMESPACE : undefined),
    };
  }

  /** One step, whatever comes of it. */
  send<I extends Input>(input: I): ReplyOf<I> {
    const outcome = step(this.workflow, input, this.env);
    this.#record(outcome.step);
    return outcome.reply;
  }

  /** One step that must not be refused. */
  ok<I extends Input>(input: I): Replies[I['kind']] {
    const reply = this.send(input);
    assert(!isRejection(reply), `not refused: ${isRejection(reply) ? reply.message : ''}`);
    return reply as Replies[I['kind']];
  }

  /** Starts a workflow of type W on task queue `queue`. */
  start(request: Partial<StartWorkflowExecutionRequest> = {}): Run {
    const defaults = { workflowId: this.workflowId, workflowType: { name: 'W' }, taskQueue: { name: 'queue' } };
    const requestId = request.requestId ?? `start-${++this.#ids}`;
    this.ok({ kind: 'start', request: { ...defaults, ...request, requestId }, signal: undefined, parent: undefined });
    return this.run;
  }

  /** Signals the newest run. */
  signal(name: string, requestId = ''): void {
    const content = { name, input: undefined, header: undefined, identity: '', requestId, links: [] };
    const signal = { ...content, sender: undefined };
    this.ok({ kind: 'signal', runId: '', signal, childWorkflowOnly: undefined });
  }

  /** Takes the workflow task that was offered last. */
  workflowTask(): WorkflowTaskView {
    const { scheduledEventId, stamp, normalQueue } = this.#take('offerWorkflowTask');
    const sticky = normalQueue !== undefined;
    return this.ok({
      kind: 'startWorkflowTask',
      runId: '',
      scheduledEventId,
      stamp,
      taker: this.#taker('workflow-worker'),
      sticky,
    });
  }

  /** Completes a workflow task, by default the one that was offered last. */
  complete(
    commands: readonly Command[],
    request: RespondWorkflowTaskCompletedRequest = {},
    task: WorkflowTaskView = this.workflowTask(),
    updateMessages: readonly UpdateMessage[] = [],
  ): WorkflowTaskCompletion {
    return this.ok({
      kind: 'completeWorkflowTask',
      runId: task.runId,
      task: task.task,
      request: { identity: 'workflow-worker', ...request, commands },
      updateMessages,
    });
  }

  /** Takes the activity task that was offered first, on any queue or on a given one. */
  activityTask(queue?: string, identity = 'activity-worker'): ActivityTaskView {
    const { scheduledEventId, stamp } = this.#take('offerActivityTask', queue);
    const taker = this.#taker(identity);
    return this.ok({ kind: 'startActivityTask', runId: '', scheduledEventId, stamp, taker });
  }

  /** Resets a run, by default the newest, to before an event. */
  reset(finishEventId: number, request: Partial<ResetInput> = {}): ReplyOf<ResetInput> {
    const base = this.#runOf(request.runId ?? '');
    const input: ResetInput = {
      kind: 'reset',
      runId: '',
      finishEventId,
      requestId: `reset-${++this.#ids}`,
      reason: 'a reason',
      excluded: new Set(),
      options: [],
      past: undefined,
      ...request,
    };
    const past = finishEventId < base.nextEventId ? this.#pastOf(base, finishEventId) : undefined;
    if (past !== undefined) this.#events.set(past.replay.run.runId, [...this.events(base).slice(0, finishEventId - 1)]);
    return this.send({ ...input, past });
  }

  #runOf(runId: string): Run {
    return runId === '' ? this.run : (this.#others.get(runId) ?? this.run);
  }

  /** What an engine would read of histories. */
  #pastOf(base: Run, finishEventId: number): ResetPast | undefined {
    const events = this.events(base);
    const next = events[finishEventId - 1];
    if (next === undefined) return undefined;
    const { namespaceId, workflowId } = base;
    const replay = new Replay({ namespaceId, workflowId, runId: this.env.newId() });
    const before = events.slice(0, finishEventId - 1);
    for (const event of before) replay.add(event, this.env.encodeEvent(event));
    const since: PastEvent[] = events.slice(finishEventId - 1).map((event) => ({ event, own: true }));
    let last = base;
    for (;;) {
      const following = last.lifecycle.newRunId;
      if (last.lifecycle.status !== WorkflowExecutionStatus.ContinuedAsNew || following === undefined) break;
      last = this.#runOf(following);
      since.push(...this.events(last).map((event) => ({ event, own: false })));
    }
    return { replay, next, rows: [{ firstEventId: 1, events: new Uint8Array(1) }], since, lastRunId: last.runId };
  }

  /** What waits for a poller. */
  offers(kind: 'offerWorkflowTask' | 'offerActivityTask'): TaskOffer[] {
    return this.effects.flatMap((effect) => (effect.kind === kind ? [effect.task] : []));
  }

  /** Lets time pass, and wakes the run whenever something of it is due. */
  advance(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (let dueAtMs = wakeAtMs(this.run); dueAtMs !== undefined && dueAtMs <= untilMs; dueAtMs = wakeAtMs(this.run)) {
      this.nowMs = Math.max(this.nowMs, dueAtMs);
      this.ok({ kind: 'wake', runId: '' });
    }
    this.nowMs = untilMs;
  }

  /** The run's events from `fromId` on, one line each, such as `5 ActivityTaskScheduled`. */
  history(fromId = 1, run: Run = this.run): string[] {
    return this.events(run)
      .slice(fromId - 1)
      .map((event) => `${event.eventId} ${enumName(EventType, event.eventType ?? EventType.Unspecified)}`);
  }

  /** The run's events so far. */
  events(run: Run = this.run): readonly HistoryEvent[] {
    return this.#events.get(run.runId) ?? [];
  }

  /** The last event of a type. */
  last(type: EventType, run: Run = this.run): HistoryEvent {
    return present(
      this.events(run).findLast((event) => event.eventType === type),
      `there is an event ${enumName(EventType, type)}`,
    );
  }

  #take(kind: 'offerWorkflowTask' | 'offerActivityTask', queue?: string): TaskOffer {
    const matches = (effect: Effect) => effect.kind === kind && (queue === undefined || effect.task.queue === queue);
    const index = kind === 'offerWorkflowTask' ? this.effects.findLastIndex(matches) : this.effects.findIndex(matches);
    const [effect] = index < 0 ? [] : this.effects.splice(index, 1);
    assert(effect?.kind === kind, `there is an ${kind}`);
    return effect.task;
  }

  #taker(identity: string) {
    return { identity, requestId: `poll-${++this.#ids}`, workerVersion: undefined };
  }

  #record(done: Step): void {
    this.effects.push(...done.effects);
    for (const { run, changes } of done.transitions) {
      const events = this.#events.get(run.runId) ?? [];
      const rebuilt = this.#rebuilt.get(run.runId) ?? replayOf(run, events, this.env);
      this.#rebuilt.set(run.runId, rebuilt);
      for (const change of changes) if (change.kind === 'event') events.push(change.event);
      this.#events.set(run.runId, events);
      if (events.length > 0 && run !== this.#current && !this.#others.has(run.runId)) this.#become(run);
      reapply(rebuilt, changes);
      assertSame(run, rebuilt);
      if (run.buffer.length === 0) assertReplays(run, replayOf(run, events, this.env));
    }
  }

  #become(run: Run): void {
    if (this.#current !== undefined) this.#others.set(this.#current.runId, this.#current);
    this.#current = run;
  }
}

/** The run as its history alone makes it. */
function replayOf(run: Run, events: readonly HistoryEvent[], env: Env): Run {
  const replay = new Replay(run);
  for (const event of events) replay.add(event, env.encodeEvent(event));
  return replay.run;
}

/** What the history tells of a run must be the same in the run that is made of its history alone. */
function assertReplays(run: Run, replayed: Run): void {
  assert(canonical(toldByHistory(replayed)) === canonical(toldByHistory(run)), 'a run is what its history tells');
}

/** The state without what no event records: attempts, heartbeats, who was told what, and when a reset was. */
function toldByHistory(run: Run) {
  const { lifecycle, task, updates } = run;
  const { status, start, closedAtMs, closeEventId, cancelRequested, memo, newRunId, priority } = lifecycle;
  return {
    lifecycle: { status, start, closedAtMs, closeEventId, cancelRequested, memo, newRunId, priority },
    nextEventId: run.nextEventId,
    historySizeBytes: run.historySizeBytes,
    externalPayloads: run.externalPayloads,
    lastStartedEventId: task.lastStartedEventId,
    lastCompletedEventId: task.lastCompletedEventId,
    activities: Array.from(run.activities.values(), ({ scheduled, cancelRequestedEventId }) => {
      return { scheduled, cancelRequestedEventId };
    }),
    timers: run.timers,
    children: isOpen(run) ? run.children : [],
    externals: run.externals,
    signalCount: run.signalCount,
    signalRequestIds: run.signalRequestIds,
    updates: updates.byId,
  };
}

/** A run, and what has been made of its record or of its stored form, must not be told apart. */
function assertSame(run: Run, rebuilt: Run): void {
  assert(
    canonical(durableState(rebuilt)) === canonical(durableState(run)),
    'a run rebuilt from its changes is the same',
  );
  const restored = restoreRun(durableState(rebuilt));
  assert(isSpeculative(run) || wakeAtMs(restored) === wakeAtMs(run), 'a restored run is due at the same time');
  assert(
    canonical(restored.derived.activityIds) === canonical(run.derived.activityIds),
    'activity ids are found again',
  );
  assert(
    restored.derived.activityBytes === run.derived.activityBytes,
    'what activities have reported is weighed again',
  );
}

/** A text that is the same for the same plain data, maps and sets included. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part instanceof Map) return { map: [...part] };
    if (part instanceof Set) return { set: [...part] };
    return part instanceof Uint8Array ? { bytes: [...part] } : part;
  });
}

/** The refusal that a reply must be. */
export function refusal(reply: unknown): Rejection {
  assert(isRejection(reply), 'refused');
  return reply;
}

/** A payload that holds a text. */
export function payloads(text: string): Payloads {
  return jsonText(text);
}

/** Payloads of so many bytes. */
export function payloadsOf(sizeBytes: number): Payloads {
  const payload: Payload = { data: new Uint8Array(sizeBytes) };
  return { payloads: [payload] };
}

/** Commands by name, with attributes that are good unless the test says otherwise. */
export const command = {
  scheduleActivity: (
    activityId: string,
    attributes: Command['scheduleActivityTaskCommandAttributes'] = {},
  ): Command => ({
    commandType: CommandType.ScheduleActivityTask,
    scheduleActivityTaskCommandAttributes: {
      activityId,
      activityType: { name: 'A' },
      taskQueue: { name: 'queue' },
      startToCloseTimeout: { seconds: 10 },
      ...attributes,
    },
  }),
  cancelActivity: (scheduledEventId: number): Command => ({
    commandType: CommandType.RequestCancelActivityTask,
    requestCancelActivityTaskCommandAttributes: { scheduledEventId },
  }),
  startTimer: (timerId: string, seconds: number): Command => ({
    commandType: CommandType.StartTimer,
    startTimerCommandAttributes: { timerId, startToFireTimeout: { seconds } },
  }),
  completeWorkflow: (): Command => ({
    commandType: CommandType.CompleteWorkflowExecution,
    completeWorkflowExecutionCommandAttributes: {},
  }),
};
