/** Closed and running workflows of many types, ids and attributes, in a store of ours. */
import { randomUUID } from 'node:crypto';
import type { AttributeValue, VisibilityRecord } from '@perdure/core';
import { WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { Payload } from '@perdure/proto/types';
import { type LogRow, RunKind } from '@perdure/storage';
import { fillStore, openToFill, type Seed, seedRecord } from './fill-store.ts';

const SECOND_MS = 1_000;

/** One in so many is like this; the others are completed. */
const RUNNING_EVERY = 20;
const FAILED_EVERY = 50;
/** One in so many, which all run, has a problem with its workflow tasks: every other time they fail, or time out. */
const PROBLEM_EVERY = 1_000;
/** One in so many is a child of the first one, and so is one of the oldest, up to a share of all, of the second one. */
const CHILD_EVERY = 50;
const OLD_SHARE = 0.02;

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

/** Ids begin with a region, then come in the order of the starts: so one beginning has old ones, another some of all. */
export function seedWorkflowId(index: number): string {
  return `${regionOf(index)}-order-${String(index).padStart(7, '0')}`;
}

/** One starts each second, the last of them now. */
export async function seedStore({ folder, namespaceId, count, removeAtMs }: SeedOptions): Promise<void> {
  const store = openToFill(folder);
  const firstMs = Date.now() - count * SECOND_MS;
  const roots = [0, 1].map((index) => ({ workflowId: seedWorkflowId(index), runId: randomUUID() }));
  /** Those that have closed, then those that run: the order of lists, in which a store grows fastest. */
  const indexes = Array.from({ length: count }, (_, index) => index);
  const isOpen = (index: number): boolean => removeAtMs === undefined && index % RUNNING_EVERY === 0;
  const ordered = [...indexes.filter((index) => !isOpen(index)), ...indexes.filter(isOpen)];
  try {
    await fillStore(store, count, (position, run) => {
      const index = ordered[position] ?? position;
      const rootIndex = isChild(index, count);
      const status = isOpen(index) ? WorkflowExecutionStatus.Running : closedStatus(index, removeAtMs);
      const runId = roots[index]?.runId ?? randomUUID();
      const startTimeMs = firstMs + index * SECOND_MS;
      return seedOf({ namespaceId, run, index, runId, startTimeMs, status, removeAtMs, root: roots[rootIndex ?? -1] });
    });
  } finally {
    await store.close();
  }
}

/** Of which root a seed is a child. */
function isChild(index: number, count: number): number | undefined {
  if (index < 2) return undefined;
  if (index % CHILD_EVERY === 2) return 0;
  return index < count * OLD_SHARE ? 1 : undefined;
}

interface SeedFields {
  readonly namespaceId: string;
  readonly run: number;
  readonly index: number;
  readonly runId: string;
  readonly startTimeMs: number;
  readonly status: WorkflowExecutionStatus;
  readonly removeAtMs: number | undefined;
  readonly root: { readonly workflowId: string; readonly runId: string } | undefined;
}

function seedOf({ namespaceId, run, index, runId, startTimeMs, status, removeAtMs, root }: SeedFields): Seed {
  const identity = { kind: RunKind.Workflow, namespaceId, id: seedWorkflowId(index), runId };
  const closed = status !== WorkflowExecutionStatus.Running;
  const Region = regionOf(index);
  const Amount = (index * 7) % SEED_AMOUNT_MAX;
  const problems = closed ? undefined : problemsOf(index);
  const record: VisibilityRecord = seedRecord(identity, {
    workflowType: `Type${index % SEED_TYPES}`,
    taskQueue: 'seeded',
    status,
    startTimeMs,
    ...(closed && {
      closeTimeMs: startTimeMs + SECOND_MS,
      historyLength: 11,
      historySizeBytes: LOG_ROWS * EVENT_BYTES,
      stateTransitionCount: 5,
    }),
    ...(root && {
      parentWorkflowId: root.workflowId,
      parentRunId: root.runId,
      rootWorkflowId: root.workflowId,
      rootRunId: root.runId,
    }),
    values: new Map<string, AttributeValue>(Object.entries({ Region, Amount, ...problems })),
    searchAttributes: {
      indexedFields: {
        Region: payloadOf(Region, 'Keyword'),
        Amount: payloadOf(Amount, 'Int'),
        ...(problems && { TemporalReportedProblems: payloadOf(problems.TemporalReportedProblems, 'KeywordList') }),
      },
    },
  });
  const rows = removeAtMs === undefined ? 0 : LOG_ROWS;
  const log: LogRow[] = Array.from({ length: rows }, (_, row) => ({
    run,
    sequence: row + 1,
    firstEventId: 1 + row * 3,
    events: new Uint8Array(EVENT_BYTES),
    delta: new Uint8Array(),
  }));
  const written = { run, identity, active: false, closed, wakeAtMs: undefined, removeAtMs, snapshot: undefined };
  return { run: written, log, record };
}

function regionOf(index: number): string {
  return SEED_REGIONS[index % SEED_REGIONS.length] ?? '';
}

function closedStatus(index: number, removeAtMs: number | undefined): WorkflowExecutionStatus {
  const failed = removeAtMs === undefined && index % FAILED_EVERY === 1;
  return failed ? WorkflowExecutionStatus.Failed : WorkflowExecutionStatus.Completed;
}

function problemsOf(index: number): { readonly TemporalReportedProblems: readonly string[] } | undefined {
  if (index % PROBLEM_EVERY !== 0) return undefined;
  const problem = index % (2 * PROBLEM_EVERY) === 0 ? 'WorkflowTaskFailed' : 'WorkflowTaskTimedOut';
  return { TemporalReportedProblems: [`category=${problem}`, `cause=${problem}CauseUnspecified`] };
}

/** A search attribute as a list answers it. */
function payloadOf(value: AttributeValue, type: string): Payload {
  const metadata = { encoding: Buffer.from('json/plain'), type: Buffer.from(type) };
  return { metadata, data: Buffer.from(JSON.stringify(value)) };
}
