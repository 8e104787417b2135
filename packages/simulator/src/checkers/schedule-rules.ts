import { isOpen, type Schedule, type ScheduleChange } from '@perdure/core';
import type { WallClock } from '../host/sim-host.ts';
import { hold } from '../kernel/violation.ts';
import { nameOfAggregate, type ScheduleRecord } from './aggregate-log.ts';
import type { Runs } from './family-rules.ts';
import { nameOf, type RunRecord } from './run-record.ts';

/** How long a change may wait for its commit, so that the time of that is later than its own: virtual time. */
const COMMIT_MAX_MS = 5_000;

/** A schedule of the model has one interval; a catch-up window is never shorter than this. */
const CATCHUP_MIN_MS = 10_000;

/** What is known of the actions of one schedule. */
interface Actions {
  /** Nominal times of actions that came of the spec. */
  readonly nominal: Set<number>;
  /** Tokens of actions that were started to run alone. */
  readonly alone: string[];
  /** So many actions have to be buffered before the end of the row. */
  expected: number;
}

/**
 * Invariant 36: each time of a schedule has at most one action, within the catch-up window and as the overlap policy
 * allows, and none is left out without being counted.
 */
export class ScheduleRules {
  readonly #runs: Runs;
  readonly #clock: WallClock;
  readonly #actions = new Map<ScheduleRecord, Actions>();
  /** The runs that each action has come to, the first one and those that follow it. */
  readonly #byToken = new Map<string, RunRecord[]>();
  /** Schedules that requests have changed, by request id. */
  readonly #requests = new Map<string, ScheduleRecord>();
  #due: (() => void)[] = [];

  constructor(runs: Runs, clock: WallClock) {
    this.#runs = runs;
    this.#clock = clock;
  }

  /** The schedule that the request has changed, durably. */
  changedBy(requestId: string): ScheduleRecord | undefined {
    return this.#requests.get(requestId);
  }

  /** A run begins that a schedule watches. */
  noteWatched(record: RunRecord, tokens: readonly string[]): void {
    for (const token of tokens) {
      const runs = this.#byToken.get(token) ?? [];
      this.#byToken.set(token, [...runs, record]);
      if (runs.length === 0) continue;
      this.#due.push(() => {
        const { continuedExecutionRunId = '' } = record.shadow.lifecycle.start;
        const follows = continuedExecutionRunId !== '' || record.base !== undefined;
        hold(follows, 36, () => `${nameOf(record)}: action ${token} is started a second time`);
      });
    }
  }

  note(record: ScheduleRecord, change: ScheduleChange, timeMs: number): void {
    const actions = this.#actionsOf(record);
    switch (change.kind) {
      case 'requestTaken':
        this.#requests.set(change.requestId, record);
        break;
      case 'timesProcessed':
        this.#checkExpected(record);
        if (mayAct(record.shadow)) actions.expected = timesIn(record.shadow, change.throughMs) - change.missed;
        break;
      case 'actionsBuffered':
        this.#checkBuffered(record, change, timeMs);
        break;
      case 'actionStarting':
        this.#checkStarting(record, change);
        break;
      case 'actionStarted': {
        const { token, runId } = change;
        this.#due.push(() => {
          const isThere = this.#byToken.get(token)?.some(({ identity }) => identity.runId === runId) === true;
          hold(isThere, 33, () => `${nameOfAggregate(record)}: action ${token} is said to be run ${runId}`);
        });
        break;
      }
      case 'actionClosed':
        this.#due.push(() => this.#checkOver(record, change.token, 'is said to be over'));
        break;
      default:
    }
  }

  /** To be called when a batch is durable. */
  check(): void {
    for (const due of this.#due.splice(0)) due();
    for (const record of this.#actions.keys()) this.#checkExpected(record);
  }

  #actionsOf(record: ScheduleRecord): Actions {
    const known = this.#actions.get(record) ?? { nominal: new Set(), alone: [], expected: 0 };
    this.#actions.set(record, known);
    return known;
  }

  #checkExpected(record: ScheduleRecord): void {
    const actions = this.#actionsOf(record);
    hold(actions.expected === 0, 36, () => `${nameOfAggregate(record)}: ${actions.expected} times have no action`);
  }

  #checkBuffered(
    record: ScheduleRecord,
    change: Extract<ScheduleChange, { kind: 'actionsBuffered' }>,
    timeMs: number,
  ): void {
    const { shadow } = record;
    const { nominal } = this.#actionsOf(record);
    const where = (): string => `${nameOfAggregate(record)} at ${timeMs}`;
    const ofSpec = change.actions.filter(({ manual }) => !manual);
    for (const { nominalMs, dueMs } of ofSpec) {
      hold(!nominal.has(nominalMs), 36, () => `${where()}: time ${nominalMs} has a second action`);
      nominal.add(nominalMs);
      hold(mayAct(shadow), 36, () => `${where()}: an action while there may be none`);
      hold(dueMs <= timeMs, 36, () => `${where()}: the action of ${dueMs} comes early`);
      const latestMs = dueMs + catchupWindowMs(shadow) + this.#clock.passedWithin(COMMIT_MAX_MS);
      hold(timeMs <= latestMs, 36, () => `${where()}: the action of ${dueMs} comes after the catch-up window`);
      const isTime = dueMs % intervalMs(shadow) === 0 && dueMs > shadow.createdAtMs;
      hold(isTime, 36, () => `${where()}: ${dueMs} is no time of the schedule`);
    }
    if (ofSpec.length > 0) this.#actionsOf(record).expected -= ofSpec.length + change.dropped;
  }

  #checkStarting(record: ScheduleRecord, change: Extract<ScheduleChange, { kind: 'actionStarting' }>): void {
    const { token, overlapping, counted } = change;
    const { shadow } = record;
    const actions = this.#actionsOf(record);
    const where = (): string => `${nameOfAggregate(record)}: action ${token}`;
    if (counted) hold((shadow.definition.state?.remainingActions ?? 0) > 0, 36, () => `${where()}: none was left`);
    if (overlapping) return;
    const others = [...shadow.starting.values(), ...shadow.running.values()].filter((other) => !other.overlapping);
    hold(others.length === 0, 36, () => `${where()} is to start beside another one`);
    const before = actions.alone.at(-1);
    if (before !== undefined) this.#due.push(() => this.#checkOver(record, before, `is not over before ${token}`));
    actions.alone.push(token);
  }

  /** All runs of an action have closed. One that a client has reset since runs for itself. */
  #checkOver(record: ScheduleRecord, token: string, what: string): void {
    const open = (this.#byToken.get(token) ?? []).find(({ shadow, base }) => isOpen(shadow) && base === undefined);
    const isGone = open !== undefined && this.#runs.find(open.identity.runId)?.removal !== undefined;
    hold(open === undefined || isGone, 36, () => `${nameOfAggregate(record)}: action ${token} ${what}`);
  }
}

function mayAct({ definition: { state } }: Schedule): boolean {
  return state?.paused !== true && (state?.limitedActions !== true || (state.remainingActions ?? 0) > 0);
}

function intervalMs({ definition }: Schedule): number {
  return (definition.spec?.interval?.[0]?.interval?.seconds ?? 1) * 1_000;
}

function catchupWindowMs({ definition }: Schedule): number {
  return Math.max((definition.policies?.catchupWindow?.seconds ?? 0) * 1_000, CATCHUP_MIN_MS);
}

/** How many times the schedule has that are dealt with now: none that the last update has passed over. */
function timesIn(schedule: Schedule, throughMs: number): number {
  const everyMs = intervalMs(schedule);
  const afterMs = Math.max(schedule.processedThroughMs, schedule.updatedAtMs - 1);
  return Math.floor(throughMs / everyMs) - Math.floor(afterMs / everyMs);
}
