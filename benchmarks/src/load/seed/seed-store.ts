/**
 * Fills a store of ours with closed and running workflows, without a server: so many that starting them one by one would
 * take hours.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { AttributeValue, VisibilityRecord } from '@perdure/core';
import { WorkflowExecutionStatus } from '@perdure/proto/enums';
import { type LogRow, RunKind, type RunWrite } from '@perdure/storage';
import { openSqliteStore } from '@perdure/storage-sqlite';

const BATCH = 2_000;
const SECOND_MS = 1_000;

/** One in so many is like this; the others are completed. */
const RUNNING_EVERY = 20;
const FAILED_EVERY = 50;

/** What each has, so that queries for few, for some and for many can be asked. */
const SEED_TYPES = 20;
const SEED_REGIONS = ['eu', 'us', 'ap', 'sa'];
const SEED_AMOUNT_MAX = 1_000;

/** Log rows of each, and bytes of each row: as of a workflow of one activity. */
const LOG_ROWS = 4;
const EVENT_BYTES = 300;

export interface SeedOptions {
  /** Where the server keeps its file. */
  readonly folder: string;
  readonly namespaceId: string;
  readonly count: number;
  /** When all of them are to be removed, with the history that they then have; undefined: never, and they have none. */
  readonly removeAtMs: number | undefined;
}

/** The start of the first of them; one starts each second from then on. */
export function seedStartMs(count: number): number {
  return Date.now() - count * SECOND_MS;
}

export function seedWorkflowId(index: number): string {
  return `seeded-${index}`;
}

export async function seedStore({ folder, namespaceId, count, removeAtMs }: SeedOptions): Promise<void> {
  const store = openSqliteStore({ file: join(folder, 'perdure.db') });
  try {
    const { epoch, sequence } = await store.acquireShard(0, 'seed');
    const startMs = seedStartMs(count);
    for (let from = 0; from < count; from += BATCH) {
      const indexes = Array.from({ length: Math.min(BATCH, count - from) }, (_, offset) => from + offset);
      const seeds = indexes.map((index) => seed(namespaceId, FIRST_RUN + index, index, startMs, removeAtMs));
      const batch = {
        shard: 0,
        epoch,
        expectedSequence: sequence + from / BATCH,
        timeMs: Date.now(),
        runs: seeds.map(({ run }) => run),
        log: seeds.flatMap(({ log }) => log),
        visibilityPut: seeds.map(({ record }) => record),
        backlogPut: [],
        backlogRemove: [],
        runsRemove: [],
      };
      const [outcome] = await store.commit([batch]);
      if (outcome !== 'committed') throw new Error(`a batch of seeds was ${String(outcome)}`);
    }
  } finally {
    await store.close();
  }
}

/** Keys of runs from here on are free in a store on which a server has only been prepared. */
const FIRST_RUN = 1_000_000;

interface Seed {
  readonly run: RunWrite;
  readonly log: readonly LogRow[];
  readonly record: VisibilityRecord;
}

function seed(namespaceId: string, run: number, index: number, firstMs: number, removeAtMs: number | undefined): Seed {
  const id = seedWorkflowId(index);
  const runId = randomUUID();
  const startTimeMs = firstMs + index * SECOND_MS;
  const status = removeAtMs === undefined ? statusOf(index) : WorkflowExecutionStatus.Completed;
  const isOpen = status === WorkflowExecutionStatus.Running;
  const values = new Map<string, AttributeValue>([
    ['Region', SEED_REGIONS[index % SEED_REGIONS.length] ?? ''],
    ['Amount', (index * 7) % SEED_AMOUNT_MAX],
  ]);
  const record: VisibilityRecord = {
    namespaceId,
    workflowId: id,
    runId,
    workflowType: `Type${index % SEED_TYPES}`,
    taskQueue: 'seeded',
    status,
    startTimeMs,
    executionTimeMs: startTimeMs,
    closeTimeMs: isOpen ? undefined : startTimeMs + SECOND_MS,
    historyLength: isOpen ? undefined : 11,
    historySizeBytes: isOpen ? undefined : LOG_ROWS * EVENT_BYTES,
    stateTransitionCount: isOpen ? undefined : 5,
    parentWorkflowId: undefined,
    parentRunId: undefined,
    rootWorkflowId: id,
    rootRunId: runId,
    memo: undefined,
    searchAttributes: undefined,
    values,
  };
  const log = Array.from({ length: removeAtMs === undefined ? 0 : LOG_ROWS }, (_, row) => ({
    run,
    sequence: row + 1,
    firstEventId: 1 + row * 3,
    events: new Uint8Array(EVENT_BYTES),
    delta: new Uint8Array(),
  }));
  const identity = { kind: RunKind.Workflow, namespaceId, id, runId };
  const written = {
    run,
    identity,
    active: false,
    closed: !isOpen,
    wakeAtMs: undefined,
    removeAtMs,
    snapshot: undefined,
  };
  return { run: written, log, record };
}

function statusOf(index: number): WorkflowExecutionStatus {
  if (index % RUNNING_EVERY === 0) return WorkflowExecutionStatus.Running;
  return index % FAILED_EVERY === 1 ? WorkflowExecutionStatus.Failed : WorkflowExecutionStatus.Completed;
}
