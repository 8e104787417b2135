import type { Command, HistoryEvent, ProtocolMessage } from '@perdure/proto/types';
import * as command from './commands.ts';
import { any, Fibers, newFuture, type Fiber, type Future } from './fibers.ts';
import { fromPayloads, toPayloads } from './payload.ts';
import type {
  ActivityStep,
  ChildStep,
  Program,
  SignalContent,
  Step,
  UpdateContent,
  UpdateResult,
  WorkflowResult,
} from './program.ts';
import {
  acceptance,
  acceptanceId,
  admittedUpdate,
  rejection,
  response,
  responseId,
  type IncomingUpdate,
} from './update-messages.ts';

/** A command, and what the workflow learns from the event that records it. */
export interface IssuedCommand {
  readonly command: Command;
  /** What the command refers to. */
  readonly message: ProtocolMessage | undefined;
  readonly recorded: (eventId: number) => void;
}

/** What comes of an activation. */
export interface Activation {
  readonly issued: readonly IssuedCommand[];
  /** Answers that no command refers to: they leave no trace. */
  readonly rejections: readonly ProtocolMessage[];
}

/** What a pending thing needs in order to be cancelled. */
interface Pending {
  readonly future: Future;
  cancel(): void;
}

/**
 * The model of a user's workflow: events go in, commands come out, and the same events give the same commands. It knows
 * nothing of tasks and workers.
 */
export class ModelWorkflow {
  readonly #program: Program;
  readonly #workflowId: string;
  readonly #attempt: number;
  readonly #fibers = new Fibers();
  readonly #main: Future;
  readonly #signals: string[] = [];
  readonly #outcomes: string[] = [];
  readonly #byEvent = new Map<number, Future>();
  readonly #childStarts = new Map<number, Future>();
  readonly #timers = new Map<string, Future>();
  readonly #pending = new Set<Pending>();
  readonly #signalWaiters = new Set<{ readonly count: number; readonly future: Future }>();
  /** Updates that events have brought, until it goes on. */
  readonly #admitted: IncomingUpdate[] = [];
  readonly #updates: string[] = [];
  readonly #updateEnds: Future[] = [];
  #issued: IssuedCommand[] = [];
  #ids = 0;
  #cancelRequested = false;
  #finished = false;
  /** Set if the last activation came to a step at which its worker is to fail the task. */
  failure: { readonly attempts: number; readonly badCommand: boolean } | undefined;

  constructor(workflowId: string, started: HistoryEvent) {
    const attributes = started.workflowExecutionStartedEventAttributes;
    this.#workflowId = workflowId;
    this.#attempt = attributes?.attempt ?? 1;
    this.#program = fromPayloads(attributes?.input) as Program;
    this.#main = this.#fibers.spawn(this.#steps(this.#program.steps));
  }

  /** What it would say if it were asked now. */
  get result(): WorkflowResult {
    return { signals: [...this.#signals], outcomes: [...this.#outcomes], updates: [...this.#updates] };
  }

  /** Takes in an event that is no record of its own commands. */
  apply(event: HistoryEvent): void {
    const update = admittedUpdate(event);
    if (update !== undefined) this.#admitted.push(update);
    const signal = event.workflowExecutionSignaledEventAttributes;
    if (signal !== undefined) this.#applySignal((fromPayloads(signal.input) as SignalContent).id);
    else if (event.workflowExecutionCancelRequestedEventAttributes !== undefined) this.#cancelRequested = true;
    else if (event.timerFiredEventAttributes !== undefined) {
      settle(this.#timers.get(event.timerFiredEventAttributes.timerId ?? ''), 'fired');
    } else if (event.childWorkflowExecutionStartedEventAttributes !== undefined) {
      settle(
        this.#childStarts.get(event.childWorkflowExecutionStartedEventAttributes.initiatedEventId ?? 0),
        'started',
      );
    } else this.#applyEnd(event);
  }

  /** Takes in updates, then goes on as far as the events allow. Nothing comes out once it has finished. */
  activate(updates: readonly IncomingUpdate[]): Activation {
    this.#issued = [];
    this.failure = undefined;
    if (this.#finished) return { issued: [], rejections: [] };
    const all = [...this.#admitted.splice(0), ...updates];
    const rejections = all.filter(({ content }) => content.rejects).map(rejection);
    for (const update of all) if (!update.content.rejects) this.#accept(update);
    this.#fibers.run();
    if (this.#cancelRequested && this.#program.onCancel === 'stop' && !this.#main.done) {
      for (const pending of this.#pending) if (!pending.future.done) pending.cancel();
      this.#finish(command.cancelWorkflow());
    } else if (this.#isDone()) this.#finish(this.#lastCommand());
    return { issued: this.#issued, rejections };
  }

  #isDone(): boolean {
    const updatesEnd = !this.#program.awaitsUpdates || this.#updateEnds.every(({ done }) => done);
    return this.#main.done && updatesEnd;
  }

  #accept(update: IncomingUpdate): void {
    const { updateId, content } = update;
    const result: UpdateResult = { id: updateId, before: this.#updates.length };
    this.#updates.push(updateId);
    this.#issue(command.protocolMessage(acceptanceId(updateId)), undefined, acceptance(update));
    this.#updateEnds.push(this.#fibers.spawn(this.#handle(updateId, content, result)));
  }

  *#handle(updateId: string, { timerMs, activity, fails }: UpdateContent, result: UpdateResult): Fiber {
    const id = this.#nextId('update-');
    if (timerMs > 0) yield* this.#wait(id, this.#startTimer(`${id}-timer`, timerMs));
    if (activity !== undefined) yield* this.#wait(id, this.#startActivity(`${id}-activity`, activity));
    const outcome = fails ? { failure: command.failure(`${updateId} fails`) } : { success: toPayloads(result) };
    this.#issue(command.protocolMessage(responseId(updateId)), undefined, response(updateId, outcome));
  }

  #applySignal(id: string): void {
    this.#signals.push(id);
    for (const waiter of this.#signalWaiters)
      if (this.#signals.length >= waiter.count) settle(waiter.future, 'signaled');
  }

  #applyEnd(event: HistoryEvent): void {
    for (const [kind, attributes] of endings(event)) {
      const id = attributes?.scheduledEventId ?? attributes?.initiatedEventId;
      if (id === undefined) continue;
      settle(this.#childStarts.get(id), kind);
      settle(this.#byEvent.get(id), kind);
    }
  }

  #finish(last: Command): void {
    this.#finished = true;
    this.#issue(last);
  }

  #lastCommand(): Command {
    const { continuations, finish } = this.#program;
    if (continuations > 0) return command.continueAsNew({ ...this.#program, continuations: continuations - 1 });
    switch (finish) {
      case 'complete':
        return command.completeWorkflow(this.result);
      case 'fail':
      case 'failForGood':
        return command.failWorkflow('the model fails', finish === 'failForGood');
      case 'failOnce':
        return this.#attempt > 1
          ? command.completeWorkflow(this.result)
          : command.failWorkflow('the model fails once', false);
    }
  }

  #issue(issued: Command, recorded: (eventId: number) => void = () => undefined, message?: ProtocolMessage): void {
    this.#issued.push({ command: issued, message, recorded });
  }

  #nextId(prefix: string): string {
    this.#ids += 1;
    return `${prefix}${this.#ids}`;
  }

  *#steps(steps: readonly Step[]): Fiber {
    for (const step of steps) yield* this.#step(step);
  }

  *#step(step: Step): Fiber {
    switch (step.kind) {
      case 'activity': {
        const id = this.#nextId('activity-');
        yield* this.#wait(id, this.#startActivity(id, step));
        break;
      }
      case 'child':
        yield* this.#child(step);
        break;
      case 'timer': {
        const id = this.#nextId('timer-');
        yield* this.#wait(id, this.#startTimer(id, step.ms));
        break;
      }
      case 'race':
        yield* this.#race(step.ms, step.activity);
        break;
      case 'signals':
        yield* this.#awaitSignals(step.count, step.ms);
        break;
      case 'parallel': {
        const ends = step.branches.map((branch) => this.#fibers.spawn(this.#steps(branch)));
        for (const end of ends) yield* any(end);
        break;
      }
      default:
        yield* this.#simpleStep(step);
    }
  }

  *#simpleStep(step: Exclude<Step, { kind: 'activity' | 'child' | 'timer' | 'race' | 'signals' | 'parallel' }>): Fiber {
    switch (step.kind) {
      case 'signalOther': {
        const id = this.#nextId('signal-');
        const content = { sender: this.#workflowId, number: 0, id: `${this.#workflowId}/${id}` };
        yield* this.#wait(id, this.#reachOut(command.signalOther(step.workflowId, content, step.childOnly)));
        break;
      }
      case 'cancelOther':
        yield* this.#wait(this.#nextId('cancel-'), this.#reachOut(command.cancelOther(step.workflowId)));
        break;
      case 'marker':
        this.#issue(command.recordMarker(this.#nextId('marker-')));
        break;
      case 'memo':
        this.#issue(command.upsertMemo(this.#nextId('memo-')));
        break;
      case 'attribute':
        this.#issue(command.upsertAttribute(this.#nextId('attribute-')));
        break;
      case 'failTask':
        this.failure = step;
        break;
    }
  }

  /** Waits, and takes note of how it ended. */
  *#wait(id: string, pending: Pending): Fiber {
    yield* any(pending.future);
    this.#outcomes.push(`${id} ${pending.future.outcome}`);
  }

  *#race(ms: number, activity: ActivityStep): Fiber {
    const id = this.#nextId('race-');
    const timer = this.#startTimer(`${id}-timer`, ms);
    const started = this.#startActivity(`${id}-activity`, activity);
    yield* any(timer.future, started.future);
    if (started.future.done) timer.cancel();
    else started.cancel();
    yield* this.#wait(id, started);
  }

  *#awaitSignals(count: number, ms: number): Fiber {
    const id = this.#nextId('signals-');
    const future = newFuture();
    if (this.#signals.length >= count) return;
    this.#signalWaiters.add({ count, future });
    const timer = this.#startTimer(`${id}-timer`, ms);
    yield* any(timer.future, future);
    if (!timer.future.done) timer.cancel();
    this.#outcomes.push(`${id} ${future.done ? 'enough' : 'too late'}`);
  }

  *#child(step: ChildStep): Fiber {
    const id = this.#nextId('child-');
    const started = newFuture();
    const future = newFuture();
    this.#issue(command.startChild(`${this.#workflowId}.${id}`, step), (eventId) => {
      this.#childStarts.set(eventId, started);
      this.#byEvent.set(eventId, future);
    });
    yield* any(started);
    if (step.detached) this.#outcomes.push(`${id} ${started.outcome}`);
    else yield* this.#wait(id, { future, cancel: () => undefined });
  }

  #startActivity(activityId: string, step: ActivityStep): Pending {
    const future = newFuture();
    let scheduledEventId = 0;
    let cancelled = false;
    const cancel = (): void => {
      if (scheduledEventId === 0 || cancelled || future.done) return;
      cancelled = true;
      this.#issue(command.cancelActivity(scheduledEventId));
    };
    this.#issue(command.scheduleActivity(activityId, step), (eventId) => {
      scheduledEventId = eventId;
      this.#byEvent.set(eventId, future);
    });
    return this.#track({ future, cancel });
  }

  #startTimer(timerId: string, ms: number): Pending {
    const future = newFuture();
    this.#timers.set(timerId, future);
    this.#issue(command.startTimer(timerId, ms));
    const cancel = (): void => {
      if (future.done) return;
      settle(future, 'cancelled');
      this.#issue(command.cancelTimer(timerId));
    };
    return this.#track({ future, cancel });
  }

  #reachOut(issued: Command): Pending {
    const future = newFuture();
    this.#issue(issued, (eventId) => void this.#byEvent.set(eventId, future));
    return { future, cancel: () => undefined };
  }

  #track(pending: Pending): Pending {
    this.#pending.add(pending);
    return pending;
  }
}

function settle(future: Future | undefined, outcome: string): void {
  if (future === undefined || future.done) return;
  future.done = true;
  future.outcome = outcome;
}

interface EndAttributes {
  readonly scheduledEventId?: number | undefined;
  readonly initiatedEventId?: number | undefined;
}

/** Events that end an activity, a child or a request to another workflow. */
function endings(event: HistoryEvent): readonly (readonly [string, EndAttributes | undefined])[] {
  return [
    ['completed', event.activityTaskCompletedEventAttributes],
    ['failed', event.activityTaskFailedEventAttributes],
    ['timed out', event.activityTaskTimedOutEventAttributes],
    ['canceled', event.activityTaskCanceledEventAttributes],
    ['refused', event.startChildWorkflowExecutionFailedEventAttributes],
    ['completed', event.childWorkflowExecutionCompletedEventAttributes],
    ['failed', event.childWorkflowExecutionFailedEventAttributes],
    ['timed out', event.childWorkflowExecutionTimedOutEventAttributes],
    ['canceled', event.childWorkflowExecutionCanceledEventAttributes],
    ['terminated', event.childWorkflowExecutionTerminatedEventAttributes],
    ['delivered', event.externalWorkflowExecutionSignaledEventAttributes],
    ['undelivered', event.signalExternalWorkflowExecutionFailedEventAttributes],
    ['delivered', event.externalWorkflowExecutionCancelRequestedEventAttributes],
    ['undelivered', event.requestCancelExternalWorkflowExecutionFailedEventAttributes],
  ];
}
