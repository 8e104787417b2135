import {
  type CustomAttributes,
  isRejection,
  OPEN_CLOSE_TIME_MS,
  resolveListQuery,
  type ResolvedQuery,
  type VisibilityRecord,
} from '@perdure/core';
import { WorkflowExecutionStatus } from '@perdure/proto/enums';
import {
  type BacklogRow,
  type CommitOutcome,
  type LogRow,
  QueueKind,
  RunKind,
  type RunIdentity,
  type RunWrite,
  type ShardBatch,
  type ShardGrant,
  type Store,
} from '../store.ts';

export const NAMESPACE = '0a0a0a0a-0000-4000-8000-00000000000a';
export const OTHER_NAMESPACE = '0b0b0b0b-0000-4000-8000-00000000000b';

/** Time of the first commit of a test. */
export const START_MS = 1_700_000_000_000;

/** A UUID that tells its number. */
export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}

/** Bytes that tell their text. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The identity of a run; of a run key where no ids are given. */
export function identity(run: number, fields: Partial<RunIdentity> = {}): RunIdentity {
  return { kind: RunKind.Workflow, namespaceId: NAMESPACE, id: `workflow-${run}`, runId: uuid(run), ...fields };
}

/** An active run without snapshot. */
export function runWrite(run: number, fields: Partial<RunWrite> = {}): RunWrite {
  const base = { active: true, closed: false, wakeAtMs: undefined, removeAtMs: undefined, snapshot: undefined };
  return { run, identity: identity(run), ...base, ...fields };
}

/** A log row with one event and a delta, whose contents tell the run and the sequence. */
export function logRow(run: number, sequence: number, fields: Partial<LogRow> = {}): LogRow {
  const events = bytes(`events ${run}/${sequence}`);
  return { run, sequence, firstEventId: sequence, events, delta: bytes(`delta ${run}/${sequence}`), ...fields };
}

export function backlogRow(id: number, name: string, fields: Partial<BacklogRow> = {}): BacklogRow {
  const queue = { namespaceId: NAMESPACE, name, kind: QueueKind.Activity };
  const lane = { queue, priority: 3, fairnessKey: '', fairnessWeight: 1 };
  return { id, ...lane, run: 1, scheduledEventId: 5, stamp: id, createdAtMs: START_MS + id, ...fields };
}

/** The visibility record of a running workflow. */
export function record(run: number, fields: Partial<VisibilityRecord> = {}): VisibilityRecord {
  const { namespaceId, id: workflowId, runId } = identity(run);
  return {
    namespaceId,
    workflowId,
    runId,
    workflowType: 'order',
    taskQueue: 'main',
    status: WorkflowExecutionStatus.Running,
    startTimeMs: START_MS,
    executionTimeMs: START_MS,
    closeTimeMs: undefined,
    historyLength: undefined,
    historySizeBytes: undefined,
    stateTransitionCount: undefined,
    parentWorkflowId: undefined,
    parentRunId: undefined,
    rootWorkflowId: workflowId,
    rootRunId: runId,
    memo: undefined,
    searchAttributes: undefined,
    values: new Map(),
    ...fields,
  };
}

/** What a run has once it is closed. */
export function closedAt(closeTimeMs: number): Partial<VisibilityRecord> {
  if (closeTimeMs === OPEN_CLOSE_TIME_MS) throw new Error('an open run has no close time');
  const status = WorkflowExecutionStatus.Completed;
  return { status, closeTimeMs, historyLength: 5, historySizeBytes: 1_000, stateTransitionCount: 3 };
}

/** The query that an empty text is resolved to: all but what a namespace division hides. */
export const visible: ResolvedQuery = {
  kind: 'isNull',
  attribute: { origin: 'predefined', name: 'TemporalNamespaceDivision', type: 'Keyword' },
};

/** A query as users write it, with the custom attributes that the suite knows. */
export function query(text: string): ResolvedQuery {
  const resolved = resolveListQuery(text, customAttributes);
  if (isRejection(resolved)) throw new Error(`${text}: ${resolved.message}`);
  return resolved;
}

const customAttributes: CustomAttributes = new Map([
  ['Region', 'Keyword'],
  ['Amount', 'Double'],
  ['Retries', 'Int'],
  ['Urgent', 'Bool'],
  ['DueAt', 'Datetime'],
  ['Tags', 'KeywordList'],
  ['Note', 'Text'],
]);

/** The parts of a batch that a test cares about. */
export type BatchParts = Partial<Omit<ShardBatch, 'shard' | 'epoch' | 'expectedSequence'>>;

/** The owner of a shard, as an engine would be: it counts its commits. */
export class ShardOwner {
  readonly store: Store;
  readonly shard: number;
  readonly grant: ShardGrant;
  #sequence: number;

  private constructor(store: Store, shard: number, grant: ShardGrant) {
    this.store = store;
    this.shard = shard;
    this.grant = grant;
    this.#sequence = grant.sequence;
  }

  static async of(store: Store, shard = 0): Promise<ShardOwner> {
    return new ShardOwner(store, shard, await store.acquireShard(shard, 'test'));
  }

  /** The next batch, not yet committed. */
  batch(parts: BatchParts): ShardBatch {
    return emptyBatch({ shard: this.shard, epoch: this.grant.epoch, expectedSequence: this.#sequence, ...parts });
  }

  /** Commits the next batch. */
  async commit(parts: BatchParts): Promise<CommitOutcome> {
    const [outcome] = await this.store.commit([this.batch(parts)]);
    if (outcome === undefined) throw new Error('a commit of one batch has one outcome');
    if (outcome === 'committed') this.#sequence += 1;
    return outcome;
  }
}

/** A batch that changes nothing but what is given. */
export function emptyBatch(parts: BatchParts & Pick<ShardBatch, 'shard' | 'epoch' | 'expectedSequence'>): ShardBatch {
  const none = { runs: [], log: [], backlogPut: [], backlogRemove: [], visibilityPut: [], runsRemove: [] };
  return { timeMs: START_MS, ...none, ...parts };
}
