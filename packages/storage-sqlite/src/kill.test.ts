import { StoreError, StoreFailure } from '@perdure/storage';
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import test from 'node:test';
import { openSqliteStore } from './open-store.ts';
import { scratchFiles } from './testing/scratch.ts';
import type { RoutePolicy } from './writer.ts';

const newFile = scratchFiles();
const PROGRAM = new URL('./testing/commit-program.ts', import.meta.url).pathname;

/** Starts the program and kills it as soon as it has confirmed so many commits. Returns what it had confirmed at its end. */
async function killAfter(file: string, commits: RoutePolicy, confirmations: number): Promise<number> {
  const child = spawn(process.execPath, [PROGRAM, file, commits, '1000000'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let confirmed = 0;
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    confirmed = Number(line.replace('confirmed ', ''));
    if ((seen += 1) === confirmations) child.kill('SIGKILL');
  }
  await ended(child);
  return confirmed;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  assert.equal(child.signalCode, 'SIGKILL');
}

for (const commits of ['loop', 'thread'] as const) {
  test(`what was confirmed is there after kill -9, again and again (${commits})`, async () => {
    const file = newFile();
    for (const confirmations of [1, 40, 150, 23]) {
      const confirmed = await killAfter(file, commits, confirmations);
      const store = openSqliteStore({ file });
      const run = await store.loadRun(0, { run: 1 });
      const sequences = (run?.tail ?? []).map(({ sequence }) => sequence);
      const last = sequences.at(-1) ?? 0;
      assert.ok(last >= confirmed && last <= confirmed + 1, `${last} is there, ${confirmed} was confirmed`);
      assert.deepEqual(
        sequences,
        Array.from({ length: last }, (_, index) => index + 1),
        'and nothing is lost before it',
      );
      assert.equal((await store.acquireShard(0, 'checker')).sequence, last);
      await store.close();
    }
  });
}

test('a file is held against other processes for as long as its server lives', async () => {
  const file = newFile();
  const child = spawn(process.execPath, [PROGRAM, file, 'loop', '1000000'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  assert.throws(
    () => openSqliteStore({ file }),
    (error) => error instanceof StoreError && error.failure === StoreFailure.Locked,
  );
  child.kill('SIGKILL');
  child.stdout.destroy();
  await ended(child);
  await openSqliteStore({ file }).close();
});
