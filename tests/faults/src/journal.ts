import type { Program } from './model/program.ts';

/** A start that was asked for; `runId` once the server has acknowledged it. */
export interface StartRecord {
  readonly workflowId: string;
  readonly program: Program;
  runId?: string;
}

/** A signal, in the order in which its one sender sent them to a workflow. */
export interface SignalRecord {
  readonly workflowId: string;
  readonly marker: string;
  isAcknowledged: boolean;
}

/** A request to cancel or to terminate. */
export interface EndRecord {
  readonly workflowId: string;
  readonly manner: 'cancel' | 'terminate';
  readonly marker: string;
  isAcknowledged: boolean;
}

/** One attempt of an activity, as a worker saw it. */
export interface AttemptRecord {
  readonly workflowId: string;
  readonly runId: string;
  readonly activityId: string;
  readonly attempt: number;
  /** The result that the worker answered with, if it did. */
  marker?: string;
  isAcknowledged: boolean;
}

/** Starts of one id by several clients, each with a request id of its own; the run ids of those that were acknowledged. */
export interface RaceRecord {
  readonly workflowId: string;
  readonly runIds: Set<string>;
}

/** What clients and workers asked for and what the server acknowledged: the checker holds the server to it. */
export class Journal {
  readonly starts: StartRecord[] = [];
  readonly signals: SignalRecord[] = [];
  readonly ends: EndRecord[] = [];
  readonly races: RaceRecord[] = [];
  /** By run, activity and attempt. */
  readonly attempts = new Map<string, AttemptRecord>();
  /** Digests of the events of a run, the longest list that anybody has read. */
  readonly prefixes = new Map<string, readonly string[]>();
  /** What was wrong on the way, in words. */
  readonly violations: string[] = [];

  require(condition: boolean, violation: string): void {
    if (!condition) this.violations.push(violation);
  }

  /** Notes an attempt that a worker was given. No attempt is given twice. */
  beginAttempt(attempt: Omit<AttemptRecord, 'isAcknowledged' | 'marker'>): AttemptRecord {
    const key = `${attempt.runId}/${attempt.activityId}#${attempt.attempt}`;
    this.require(!this.attempts.has(key), `${attempt.workflowId}: attempt ${key} was handed out twice`);
    const record = { ...attempt, isAcknowledged: false };
    this.attempts.set(key, record);
    return record;
  }

  /** Notes what a reader saw of a run: what anybody has read before must be its beginning. */
  notePrefix(runId: string, digests: readonly string[]): void {
    const before = this.prefixes.get(runId) ?? [];
    const shared = Math.min(before.length, digests.length);
    for (let index = 0; index < shared; index += 1) {
      if (before[index] !== digests[index]) this.violations.push(`${runId}: event ${index + 1} has changed`);
    }
    if (digests.length > before.length) this.prefixes.set(runId, digests);
  }

  /** A line about how much there is to check, so that a run that did nothing shows. */
  summary(): string {
    const acknowledged = (records: Iterable<{ isAcknowledged: boolean }>): number =>
      [...records].filter((record) => record.isAcknowledged).length;
    const races = this.races.reduce((sum, { runIds }) => sum + runIds.size, 0);
    return [
      `${this.starts.filter(({ runId }) => runId !== undefined).length} starts`,
      `${races} contended starts`,
      `${acknowledged(this.signals)} signals`,
      `${acknowledged(this.ends)} cancels and terminates`,
      `${acknowledged(this.attempts.values())} activity completions of ${this.attempts.size} attempts`,
      `${this.prefixes.size} histories read on the way`,
    ].join(', ');
  }
}
