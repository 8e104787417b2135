import { DAY_MS } from '@perdure/core';
import type { RunWrite, ShardBatch, Store } from '@perdure/storage';
import { SimDisk, type DiskUser } from '../disk/sim-disk.ts';

/** A store that keeps what closes for a day, whatever its namespace says. */
export class HoardingDisk extends SimDisk {
  override connect(user: DiskUser): Store {
    const store = super.connect(user);
    return { ...store, commit: (batches) => store.commit(batches.map(hoarding)) };
  }
}

function hoarding(batch: ShardBatch): ShardBatch {
  const closedAtMs = new Map(batch.visibilityPut.map(({ runId, closeTimeMs }) => [runId, closeTimeMs]));
  const keep = (write: RunWrite): RunWrite => {
    const atMs = closedAtMs.get(write.identity.runId);
    return atMs === undefined || !write.closed ? write : { ...write, removeAtMs: atMs + DAY_MS };
  };
  return { ...batch, runs: batch.runs.map(keep) };
}
