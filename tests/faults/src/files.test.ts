import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync, closeSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import type { ServerProcess } from '@perdure-tests/interop/server-process';
import { readAllRuns } from './check/runs.ts';
import { Journal } from './journal.ts';
import { startWorkflow } from './load/calls.ts';
import { Service } from './service.ts';
import { Site } from './site.ts';

/** A server that cannot go on ends by itself, however busy the machine is. */
const END_PATIENCE_MS = 60_000;

/** Starts workflows one after the other, `count` of them or until the server ends. */
async function startWorkflows(site: Site, server: ServerProcess, journal: Journal, count: number): Promise<void> {
  const service = new Service(site.address);
  const caller = { service, journal, random: site.random };
  for (let index = 0; index < count && !server.hasEnded; index += 1) {
    const start = startWorkflow(caller, `wait-${journal.starts.length}`, { kind: 'wait' });
    start.catch(() => undefined);
    await Promise.race([start, server.exited]);
  }
  await service.close();
}

/** Every workflow whose start was acknowledged is there, with its run id. */
async function assertAllAreThere(site: Site, journal: Journal): Promise<void> {
  const service = new Service(site.address);
  const there = new Set((await readAllRuns(service)).map(({ runId }) => runId));
  await service.close();
  const acknowledged = journal.starts.flatMap(({ runId }) => (runId === undefined ? [] : [runId]));
  assert.ok(acknowledged.length > 0, 'nothing was acknowledged, so that nothing is proven');
  assert.deepEqual(
    acknowledged.filter((runId) => !there.has(runId)),
    [],
  );
}

/** The server ends by itself: with an error, in these words. */
async function assertRefused(server: ServerProcess, words: RegExp): Promise<void> {
  assert.deepEqual(await server.exitWithin(END_PATIENCE_MS), { code: 1, signal: null }, server.output);
  assert.match(server.output, words);
  assert.doesNotMatch(server.output, /\n\s+at /, 'a stack trace is no message');
}

test('a second server on the same file is refused, and the first one goes on', async (context) => {
  await using site = await Site.open(context);
  const journal = new Journal();
  const first = await site.serve();
  await startWorkflows(site, first, journal, 3);
  const second = site.launch(['--port', '0']);
  await assertRefused(second, /Another server already runs on .*server\.db/);
  await startWorkflows(site, first, journal, 3);
  await assertAllAreThere(site, journal);
});

/** Fills the disk under a server until it stops, then makes room and starts the next one. */
async function fillAndRecover(site: Site, file: string, flags: string[], makeRoom: () => void): Promise<void> {
  const journal = new Journal();
  const server = await site.serve(flags, file);
  await startWorkflows(site, server, journal, 20_000);
  await assertRefused(server, /No space is left for .*server\.db/);
  makeRoom();
  const next = await site.serve([], file);
  await assertAllAreThere(site, journal);
  const before = journal.starts.length;
  await startWorkflows(site, next, journal, 3);
  assert.ok(journal.starts.slice(before).every(({ isAcknowledged }) => isAcknowledged));
  assert.deepEqual(await next.stop(), { code: 0, signal: null });
}

test('a file that may not grow any more: a clear error, a clean stop, nothing lost', async (context) => {
  await using site = await Site.open(context);
  await fillAndRecover(site, site.file, ['--sqlite-pragma', 'max_page_count=150'], () => undefined);
  site.assertFileIsSound();
});

test('a full disk: a clear error, a clean stop, and all is there once there is room', async (context) => {
  await using site = await Site.open(context);
  const disk = join(site.folder, 'disk');
  mkdirSync(disk);
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk]);
  if (mount.status !== 0) {
    context.skip('only root may mount a small disk');
    return;
  }
  try {
    const ballast = join(disk, 'ballast');
    writeFileSync(ballast, new Uint8Array(1_500_000));
    await fillAndRecover(site, join(disk, 'server.db'), [], () => rmSync(ballast));
  } finally {
    spawnSync('umount', ['-l', disk]);
  }
});

test('a damaged file is refused in words, and left as it is', async (context) => {
  await using site = await Site.open(context);
  const server = await site.serve();
  await startWorkflows(site, server, new Journal(), 3);
  await server.stop();
  const descriptor = openSync(site.file, 'r+');
  writeSync(descriptor, Buffer.alloc(statSync(site.file).size - 100, 'damage'), 0, undefined, 0);
  closeSync(descriptor);
  const damaged = readFileSync(site.file);
  await assertRefused(site.launch(), /server\.db is damaged or not a database/);
  assert.ok(readFileSync(site.file).equals(damaged));
});

test('a file of a newer version is refused in words, and left as it is', async (context) => {
  await using site = await Site.open(context);
  await (await site.serve()).stop();
  const database = new DatabaseSync(site.file);
  database.exec('INSERT INTO schema_version (version) VALUES (9999)');
  database.close();
  const newer = readFileSync(site.file);
  await assertRefused(site.launch(), /server\.db was written by a newer version/);
  assert.ok(readFileSync(site.file).equals(newer));
});

test('a folder that is not there is refused in words', async (context) => {
  await using site = await Site.open(context);
  await assertRefused(site.launch([], join(site.folder, 'nowhere', 'server.db')), /nowhere.*server\.db/);
});
