import type { Program } from './model/program.ts';

/** A start that was asked for. `runId`: once the server has acknowledged it with one. */
export interface StartRecord {
  readonly workflowId: string;
  readonly program: Program;
  isAcknowledged: boolean;
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
  isAcknowledged: boolean;
}

/** One attempt of an activity, as a worker was given it. */
export interface AttemptRecord {
  readonly workflowId: string;
  readonly runId: string;
  readonly activityId: string;
  readonly attempt: number;
  /** The results that somebody sent for it. */
  readonly sent: Set<string>;
  /** Those of them that the server has acknowledged. */
  readonly acknowledged: string[];
  /** When the worker reported the failure that the server has acknowledged. */
  failedAtMs?: number;
  /** The largest number of a heartbeat that the server has acknowledged. */
  beat: number;
}

/** Starts of one id by several clients, each with a request id of its own; the run ids that they were told. */
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
  /** Digests of the events of a run: the longest list that anybody has read. */
  readonly prefixes = new Map<string, readonly string[]>();
  /** What was wrong on the way, in words. */
  readonly violations: string[] = [];
  readonly #attempts = new Map<string, AttemptRecord>();

  get attempts(): Iterable<AttemptRecord> {
    return this.#attempts.values();
  }

  require(condition: boolean, violation: string): void {
    if (!condition) this.violations.push(violation);
  }

  /** Notes an attempt that a worker was given. No attempt is given twice. */
  beginAttempt(attempt: Pick<AttemptRecord, 'workflowId' | 'runId' | 'activityId' | 'attempt'>): AttemptRecord {
    const key = attemptKey(attempt);
    this.require(!this.#attempts.has(key), `${attempt.workflowId}: attempt ${key} was handed out twice`);
    const record = { ...attempt, sent: new Set<string>(), acknowledged: [], beat: 0 };
    this.#attempts.set(key, record);
    return record;
  }

  /** The attempt before, if a worker was given it. */
  attemptBefore(attempt: AttemptRecord): AttemptRecord | undefined {
    return this.#attempts.get(attemptKey({ ...attempt, attempt: attempt.attempt - 1 }));
  }

  /** Notes what a reader saw of a run: of two lists that anybody has read, one is the beginning of the other. */
  notePrefix(runId: string, digests: readonly string[]): void {
    const before = this.prefixes.get(runId) ?? [];
    const shared = Math.min(before.length, digests.length);
    for (let index = 0; index < shared; index += 1) {
      const [earlier, later] = [before[index], digests[index]];
      this.require(earlier === later, `run ${runId}: event ${index + 1} was ${earlier} and became ${later}`);
    }
    if (digests.length > before.length) this.prefixes.set(runId, digests);
  }

  /** How much there is to check, so that a run in which nothing happened shows. */
  summary(): string {
    const acknowledged = (records: readonly { isAcknowledged: boolean }[]): number =>
      records.filter((record) => record.isAcknowledged).length;
    const attempts = [...this.attempts];
    return [
      `${acknowledged(this.starts)} starts`,
      `${this.races.reduce((sum, { runIds }) => sum + runIds.size, 0)} contended starts`,
      `${acknowledged(this.signals)} signals`,
      `${acknowledged(this.ends)} cancels and terminates`,
      `${attempts.filter((attempt) => attempt.acknowledged.length > 0).length} completions of ${attempts.length} attempts`,
      `${this.prefixes.size} histories read on the way`,
    ].join(', ');
  }
}

function attemptKey({ runId, activityId, attempt }: Pick<AttemptRecord, 'runId' | 'activityId' | 'attempt'>): string {
  return `${runId}/${activityId}#${attempt}`;
}
