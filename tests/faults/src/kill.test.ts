import assert from 'node:assert/strict';
import process from 'node:process';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Journal } from './journal.ts';
import { Load } from './load/load.ts';
import { Site } from './site.ts';

/** Enough for a few seconds of load; PERDURE_FAULT_ROUNDS=500 runs for an hour or so. */
const ROUNDS = Number(process.env['PERDURE_FAULT_ROUNDS'] ?? 9);

test('a server killed again and again under load loses nothing and repeats nothing', async (context) => {
  await using site = await Site.open(context);
  const random = site.random.fork('kills');
  const journal = new Journal();
  let server = await site.serve();
  const load = new Load(site.address, journal, site.random.fork('load'));
  try {
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
  } finally {
    await load.close();
  }
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
  site.assertFileIsSound();
});
