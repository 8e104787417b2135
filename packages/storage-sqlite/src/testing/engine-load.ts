import type { VisibilityRecord } from '@perdure/core';
import type { BacklogRef, BacklogRow, LogRow, RunIdentity, RunWrite } from '@perdure/storage';
import {
  backlogRow,
  bytes,
  closedAt,
  identity,
  logRow,
  record,
  runWrite,
  START_MS,
} from '@perdure/storage/conformance';

/** The parts of a batch. */
export interface LoadBatch {
  readonly runs: RunWrite[];
  readonly log: LogRow[];
  readonly visibilityPut: VisibilityRecord[];
  readonly backlogPut: BacklogRow[];
  readonly backlogRemove: BacklogRef[];
  readonly runsRemove: number[];
}

interface LoadRun {
  readonly run: number;
  sequence: number;
  closed: boolean;
}

/** So many ids that runs share. */
const IDS = 5;

/** Batches as an engine makes them: runs start, go on, sleep, get snapshots, close and are removed; tasks come and go. */
export class EngineLoad {
  readonly #chance: (bound: number) => number;
  readonly #runs: LoadRun[] = [];
  readonly #tasks: BacklogRef[] = [];
  #lastRun = 0;
  #lastTask = 0;

  /** The same batches for the same seed. */
  constructor(seed: number) {
    let state = seed;
    this.#chance = (bound) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * bound);
    };
  }

  /** The key of the last run. */
  get lastRun(): number {
    return this.#lastRun;
  }

  identityOf(run: number): RunIdentity {
    return identity(run, { id: `workflow-${run % IDS}` });
  }

  next(): LoadBatch {
    const batch: LoadBatch = {
      runs: [],
      log: [],
      visibilityPut: [],
      backlogPut: [],
      backlogRemove: [],
      runsRemove: [],
    };
    const chosen = new Set<LoadRun>();
    for (let count = 1 + this.#chance(3); count > 0; count--) {
      chosen.add(this.#runs[this.#chance(this.#runs.length + 2)] ?? this.#start());
    }
    for (const run of chosen) this.#change(run, batch);
    return batch;
  }

  #start(): LoadRun {
    this.#lastRun += 1;
    const started = { run: this.#lastRun, sequence: 0, closed: false };
    this.#runs.push(started);
    return started;
  }

  #change(state: LoadRun, batch: LoadBatch): void {
    if (!state.closed) return this.#goOn(state, batch);
    if (this.#chance(3) > 0) return;
    batch.runsRemove.push(state.run);
    this.#runs.splice(this.#runs.indexOf(state), 1);
  }

  #goOn(state: LoadRun, batch: LoadBatch): void {
    const { run } = state;
    const isNew = state.sequence === 0;
    for (let rows = 1 + this.#chance(2); rows > 0; rows--) {
      state.sequence += 1;
      const events = this.#chance(4) === 0 ? undefined : bytes(`events ${run}/${state.sequence}`);
      const delta = this.#chance(3) === 0 ? undefined : bytes(`delta ${run}/${state.sequence}`);
      batch.log.push(logRow(run, state.sequence, { events, delta }));
    }
    state.closed = this.#chance(5) === 0;
    const hasSnapshot = state.closed || this.#chance(4) === 0;
    if (isNew || hasSnapshot) batch.runs.push(this.#rowOf(state, hasSnapshot));
    if (isNew || state.closed || this.#chance(3) === 0) batch.visibilityPut.push(this.#recordOf(state));
    if (this.#chance(2) === 0) this.#putTask(run, batch);
    else this.#takeTask(batch);
  }

  #rowOf({ run, sequence, closed }: LoadRun, hasSnapshot: boolean): RunWrite {
    const sleeps = hasSnapshot && !closed && this.#chance(2) === 0;
    return runWrite(run, {
      identity: this.identityOf(run),
      active: !closed && !sleeps,
      closed,
      wakeAtMs: sleeps ? START_MS + this.#chance(50) : undefined,
      removeAtMs: closed ? START_MS + this.#chance(50) : undefined,
      snapshot: hasSnapshot ? { body: bytes(`state ${run}/${sequence}`), sequence } : undefined,
    });
  }

  #recordOf({ run, closed, sequence }: LoadRun): VisibilityRecord {
    const { id, runId } = this.identityOf(run);
    return record(run, {
      ...(closed && closedAt(START_MS + sequence)),
      workflowId: id,
      rootWorkflowId: id,
      rootRunId: runId,
      startTimeMs: START_MS + run,
      values: new Map([['Region', sequence % 2 === 0 ? 'eu' : 'us']]),
    });
  }

  #putTask(run: number, batch: LoadBatch): void {
    this.#lastTask += 1;
    this.#tasks.push({ id: this.#lastTask, run });
    batch.backlogPut.push(backlogRow(this.#lastTask, 'q', { run }));
  }

  #takeTask({ backlogRemove }: LoadBatch): void {
    backlogRemove.push(...this.#tasks.splice(this.#chance(this.#tasks.length), 1));
  }
}
