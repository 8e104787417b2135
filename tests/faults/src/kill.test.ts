import assert from 'node:assert/strict';
import { truncateSync } from 'node:fs';
import process from 'node:process';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Journal } from './journal.ts';
import { Load } from './load/load.ts';
import { Site } from './site.ts';

/** Enough for some seconds of load. PERDURE_FAULT_ROUNDS=2000 takes about an hour. */
const ROUNDS = Number(process.env['PERDURE_FAULT_ROUNDS'] ?? 5);

test('a server killed again and again under load loses nothing and repeats nothing', async (context) => {
  await using site = await Site.open(context);
  const random = site.random.fork('kills');
  const journal = new Journal();
  await using load = new Load(site.address, journal, site.random.fork('load'));
  let server = await site.serve();
  load.start();
  for (let round = 0; round < ROUNDS; round += 1) {
    await load.runFor(random.between(20, 1_500));
    await server.kill();
    // Now and then it dies once more while it recovers.
    if (random.chance(0.3)) {
      const doomed = site.launch();
      await delay(random.between(50, 400));
      await doomed.kill();
    }
    await delay(random.between(0, 300));
    server = await site.serve();
  }
  await load.finish();
  await site.check(journal);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
  site.assertFileIsSound();
});

test('a server that has forgotten what it acknowledged is found out', async (context) => {
  await using site = await Site.open(context);
  const journal = new Journal();
  await using load = new Load(site.address, journal, site.random.fork('load'));
  const server = await site.serve();
  load.start();
  do await load.runFor(1_000);
  while (journal.starts.filter(({ isAcknowledged }) => isAcknowledged).length < 10);
  await server.kill();
  truncateSync(`${site.file}-wal`, 0);
  await site.serve();
  await load.finish(0);
  assert.match((await site.violations(journal)).join('\n'), /is not there|is lost/);
});
