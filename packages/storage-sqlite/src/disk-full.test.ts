import { StoreError, StoreFailure } from '@perdure/storage';
import { logRow, runWrite, ShardOwner } from '@perdure/storage/conformance';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { openSqliteStore } from './open-store.ts';
import { scratchFiles } from './testing/scratch.ts';

const newFile = scratchFiles();
const routes = ['loop', 'thread'] as const;

/** Commits rows of 20 KB until the disk is full. Returns how many were confirmed. */
async function fill(owner: ShardOwner): Promise<number> {
  for (let sequence = 1; sequence < 10_000; sequence++) {
    try {
      await owner.commit({ runs: [runWrite(1)], log: [logRow(1, sequence, { events: new Uint8Array(20_000) })] });
    } catch (error) {
      assert.ok(error instanceof StoreError, String(error));
      assert.equal(error.failure, StoreFailure.Full);
      assert.deepEqual([error.outcomeUnknown, error.stopped], [false, false]);
      assert.match(error.message, /No space is left for .*store-\d+.*: nothing of this was written/);
      return sequence - 1;
    }
  }
  throw new Error('the disk is never full');
}

async function confirmedRows(owner: ShardOwner): Promise<number> {
  return (await owner.store.loadRun(0, { run: 1 }))?.tail.length ?? 0;
}

for (const commits of routes) {
  test(`a file that may not grow refuses commits, keeps what it has, and goes on when it may (${commits})`, async () => {
    const file = newFile();
    const limited = openSqliteStore({ file, commits, pragmas: new Map([['max_page_count', '200']]) });
    const owner = await ShardOwner.of(limited);
    const confirmed = await fill(owner);
    assert.ok(confirmed > 10);
    assert.equal(await confirmedRows(owner), confirmed);
    assert.equal(
      await owner.commit({ backlogRemove: [{ run: 1, id: 1 }] }),
      'committed',
      'what needs no space is still written',
    );
    await limited.close();
    const store = openSqliteStore({ file, commits });
    const next = await ShardOwner.of(store);
    assert.equal(next.grant.sequence, confirmed + 1);
    assert.equal(await next.commit({ log: [logRow(1, confirmed + 1)] }), 'committed');
    await store.close();
  });
}

const folder = mkdtempSync(join(tmpdir(), 'perdure-disk-'));
const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder]).status === 0;

for (const commits of routes) {
  const skip = isMounted ? false : 'a small disk can only be mounted by root';
  test(
    `a full disk refuses commits, and the same store goes on when there is space (${commits})`,
    { skip },
    async () => {
      const ballast = join(folder, 'ballast');
      const file = join(folder, `store-1-${commits}.db`);
      writeFileSync(ballast, new Uint8Array(1_000_000));
      const store = openSqliteStore({ file, commits });
      const owner = await ShardOwner.of(store);
      const confirmed = await fill(owner);
      assert.equal(await confirmedRows(owner), confirmed);
      rmSync(ballast);
      assert.equal(await owner.commit({ log: [logRow(1, confirmed + 1)] }), 'committed');
      assert.equal(await confirmedRows(owner), confirmed + 1);
      await store.close();
      rmSync(file);
      rmSync(`${file}-wal`, { force: true });
    },
  );
}

test.after(() => {
  if (isMounted) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true });
});
