import { isOpen, timestampMs, type Change, type Run } from '@perdure/core';
import { CallbackState, EventType } from '@perdure/proto/enums';
import type { HistoryEvent } from '@perdure/proto/types';
import type { HttpRequest } from '@perdure/server/testing';
import { hold } from '../kernel/violation.ts';
import { moodOf, type CallFate, type CallWatcher } from '../network/callback-target.ts';
import { describeEvent, nameOf, successorOf, type RunRecord } from './run-record.ts';

type Callback = NonNullable<Run['callbacks']>[number];
type Progress = Extract<Change, { kind: 'callbackProgressed' }>;

/** How the checker finds runs. */
interface Runs {
  readonly runs: Iterable<RunRecord>;
  find(runId: string): RunRecord | undefined;
  runsOf(namespaceId: string, workflowId: string): readonly RunRecord[];
}

interface Rules {
  readonly runs: Runs;
  /** The latest instant that any clock has shown. */
  readonly latestMs: () => number;
  /** The longest that the next attempt may have to wait. */
  readonly waitMaxMs: number;
}

/** The first wait, and the share by which a wait may be shorter than it is said to be. */
const WAIT_INITIAL_MS = 1_000;
const JITTER_SHARE = 0.2;

const RUN_OF_LINK = /^<temporal:\/\/\/namespaces\/[^/]+\/workflows\/[^/]+\/([^/]+)\/history\?/;

/**
 * Whoever is to be called back is: when the chain of runs has ended and not before, until that has been taken in or
 * refused.
 */
export class CallbackRules implements CallWatcher {
  readonly #rules: Rules;
  /** What became of calls, by run and address. */
  readonly #fates = new Map<string, CallFate[]>();
  /** Callbacks that a client was told of, by run. */
  readonly #promised: { readonly runId: string; readonly url: string }[] = [];

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  /** A client was told that the run has the callback. */
  promise(runId: string, url: string): void {
    this.#promised.push({ runId, url });
  }

  /** The server calls somebody. */
  onSent({ url, headers, body }: HttpRequest): void {
    const runId = runOf(headers);
    const record = this.#rules.runs.find(runId);
    const isThere = record !== undefined && record.removal === undefined;
    hold(isThere, 40, () => `${url} is called for run ${runId}: no such run`);
    const where = (): string => `${nameOf(record)}: ${url}`;
    hold(!isOpen(record.shadow), 40, () => `${where()} is called before the close is durable`);
    const isDue = callbacksAt(record, url).some(({ progress }) => progress.state === CallbackState.Scheduled);
    hold(isDue, 40, () => `${where()} is called without an attempt`);
    const close = record.events.at(-1) ?? {};
    const told = `${headers.get('nexus-operation-state')} ${new TextDecoder().decode(body)}`;
    hold(tells(close, told), 40, () => `${where()} is told ${told} of ${describeEvent(close)}`);
  }

  /** A call has come to something. */
  onArrived({ url, headers }: HttpRequest, fate: CallFate): void {
    this.#fatesOf(runOf(headers), url).push(fate);
  }

  /** To be called before the change is applied. */
  note(record: RunRecord, change: Change): void {
    if (change.kind !== 'callbackProgressed') return;
    const callback = record.shadow.callbacks?.find(({ id }) => id === change.id);
    hold(callback !== undefined, 40, () => `${nameOf(record)}: there is no callback ${change.id}`);
    if (change.progress.state === CallbackState.Scheduled) this.#checkBegun(record, callback, change);
    else this.#checkOver(record, callback, change);
  }

  #checkBegun(record: RunRecord, { progress: before }: Callback, { id, progress }: Progress): void {
    const where = (): string => `${nameOf(record)}: callback ${id}`;
    hold(before.state === CallbackState.BackingOff, 40, () => `${where()} is repeated from state ${before.state}`);
    const dueAtMs = before.nextAttemptAtMs ?? Infinity;
    const earlyMs = dueAtMs - this.#rules.latestMs();
    hold(earlyMs <= 0, 11, () => `${where()} is repeated ${earlyMs} ms too early`);
    hold(progress.attempt === before.attempt, 10, () => `${where()} counts an attempt that has only begun`);
  }

  #checkOver(record: RunRecord, { callback, progress: before }: Callback, { id, progress }: Progress): void {
    const where = (): string => `${nameOf(record)}: callback ${id}, attempt ${progress.attempt}`;
    hold(before.state === CallbackState.Scheduled, 40, () => `${where()} is over in state ${before.state}`);
    hold(progress.attempt === before.attempt + 1, 10, () => `${where()} follows attempt ${before.attempt}`);
    const fates = this.#fatesOf(record.identity.runId, callback.nexus?.url ?? '');
    const has = (...wanted: readonly CallFate[]): boolean => fates.some((fate) => wanted.includes(fate));
    hold(fates.length >= progress.attempt, 10, () => `${where()}, but there were ${fates.length} calls`);
    switch (progress.state) {
      case CallbackState.Succeeded:
        hold(has('taken'), 40, () => `${where()} succeeded, but nobody has taken it in`);
        break;
      case CallbackState.Failed:
        hold(has('refused'), 40, () => `${where()} failed, but nobody has refused it`);
        break;
      default:
        hold(has('putOff', 'unheard'), 40, () => `${where()} waits for another one, but nobody has put it off`);
        this.#checkWait(progress, where);
    }
  }

  #checkWait({ attempt, lastAttemptAtMs = 0, nextAttemptAtMs = 0 }: Progress['progress'], where: () => string): void {
    const latestMs = Math.min(WAIT_INITIAL_MS * 2 ** (attempt - 1), this.#rules.waitMaxMs);
    const waitMs = nextAttemptAtMs - lastAttemptAtMs;
    const fits = waitMs >= Math.floor(latestMs * (1 - JITTER_SHARE)) && waitMs <= latestMs;
    hold(fits, 11, () => `${where()}: waits ${waitMs} ms, not about ${latestMs}`);
  }

  #fatesOf(runId: string, url: string): CallFate[] {
    const key = `${runId} ${url}`;
    const fates = this.#fates.get(key) ?? [];
    this.#fates.set(key, fates);
    return fates;
  }

  /** Once all is done: everybody has been told, or does not want to be; what a client was promised is there. */
  checkEnd(): void {
    const { runs } = this.#rules;
    for (const record of runs.runs) {
      const ends = this.#endsChain(record);
      for (const { id, callback, progress } of record.shadow.callbacks ?? []) {
        const strict = moodOf(callback.nexus?.url ?? '') === 'strict';
        const over = strict ? CallbackState.Failed : CallbackState.Succeeded;
        const wanted = ends ? over : CallbackState.Standby;
        const where = (): string => `${nameOf(record)}: callback ${id} is in state ${progress.state}, not ${wanted}`;
        hold(progress.state === wanted, 40, where);
      }
    }
    for (const { runId, url } of this.#promised) {
      const record = runs.find(runId);
      const isThere = record?.removal !== undefined || (record !== undefined && callbacksAt(record, url).length > 0);
      hold(isThere, 1, () => `run ${runId} has lost the callback ${url}`);
    }
  }

  /** Nothing comes after the run that its callbacks go with: no run that follows, none that a reset has made of its chain. */
  #endsChain(record: RunRecord): boolean {
    const { identity, events } = record;
    const close = events.at(-1) ?? {};
    if (successorOf(close) !== undefined) return false;
    if (close.workflowExecutionTerminatedEventAttributes?.identity !== 'history-resetter') return true;
    const all = this.#rules.runs.runsOf(identity.namespaceId, identity.id);
    const next = all[all.indexOf(record) + 1];
    return next !== undefined && chainOf(next) !== chainOf(record);
  }
}

function chainOf({ shadow }: RunRecord): string {
  return shadow.lifecycle.start.firstExecutionRunId || shadow.runId;
}

function runOf(headers: HttpRequest['headers']): string {
  const [, runId = ''] = RUN_OF_LINK.exec(headers.get('nexus-link') ?? '') ?? [];
  return runId;
}

/** The callbacks of the run with that address: two, where a request that came twice found another run of the chain. */
function callbacksAt({ shadow }: RunRecord, url: string): readonly Callback[] {
  return (shadow.callbacks ?? []).filter(({ callback }) => callback.nexus?.url === url);
}

/** Whether that is what somebody is told of a close. */
function tells(close: HistoryEvent, told: string): boolean {
  if ((timestampMs(close.eventTime) ?? 0) === 0) return false;
  switch (close.eventType) {
    case EventType.WorkflowExecutionCompleted: {
      const [result] = close.workflowExecutionCompletedEventAttributes?.result?.payloads ?? [];
      return told === `succeeded ${new TextDecoder().decode(result?.data)}`;
    }
    case EventType.WorkflowExecutionCanceled:
      return told.startsWith('canceled ');
    default:
      return told.startsWith('failed ');
  }
}
