/** Copies a sleeping workflow in a store of ours: to put a million of them to sleep by calls takes an hour. */
import { randomUUID } from 'node:crypto';
import { WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { HistoryRow, RunIdentity, RunWrite, Store, StoredRun } from '@perdure/storage';
import { fillStore, openToFill, seedRecord } from './fill-store.ts';

const SHARD = 0;

/** Adds so many copies of a workflow that has left memory, each with ids of its own. */
export async function copySleepers(folder: string, count: number): Promise<void> {
  const store = openToFill(folder);
  try {
    const { original, history } = await someSleeper(store);
    const startTimeMs = Date.now();
    await fillStore(store, count, (_, run) => {
      const identity = { ...original.identity, id: randomUUID(), runId: randomUUID() };
      const renamed = renaming(original.identity, identity);
      return {
        run: runOf(original, run, identity, renamed),
        log: history.map((row) => ({ ...row, run, events: renamed(row.events), delta: undefined })),
        record: seedRecord(identity, {
          workflowType: 'sleeper',
          taskQueue: 'sleepers',
          status: WorkflowExecutionStatus.Running,
          startTimeMs,
        }),
      };
    });
  } finally {
    await store.close();
  }
}

async function someSleeper(
  store: Store,
): Promise<{ readonly original: StoredRun; readonly history: readonly HistoryRow[] }> {
  const [wakeup] = await store.scanWakeups(SHARD, Number.MAX_SAFE_INTEGER, 1);
  const original = wakeup && (await store.loadRun(SHARD, { run: wakeup.run }));
  if (original === undefined) throw new Error('no workflow sleeps outside of memory');
  const all = { fromSequence: 1, throughSequence: Number.MAX_SAFE_INTEGER, descending: false };
  const history = await store.readHistory({ shard: SHARD, run: original.run, ...all, rowsMax: 100, bytesMax: 2 ** 20 });
  return { original, history };
}

/** The same bytes with other ids in them: UUIDs are of one length. */
function renaming(from: RunIdentity, to: RunIdentity): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => {
    const text = Buffer.from(bytes).toString('latin1');
    return Buffer.from(text.replaceAll(from.id, to.id).replaceAll(from.runId, to.runId), 'latin1');
  };
}

function runOf(
  { active, closed, wakeAtMs, removeAtMs, snapshot }: StoredRun,
  run: number,
  identity: RunIdentity,
  renamed: (bytes: Uint8Array) => Uint8Array,
): RunWrite {
  const copied = snapshot && { ...snapshot, body: renamed(snapshot.body) };
  return { run, identity, active, closed, wakeAtMs, removeAtMs, snapshot: copied };
}
