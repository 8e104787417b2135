import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Journal } from './journal.ts';
import { Load } from './load/load.ts';
import { Site } from './site.ts';

/** A pause is longer than workflow tasks, activities and heartbeats are given, and than clients wait for an answer. */
const PAUSE_MS = 3_200;
/** The server gives calls under way 5 s; the last commits and a checkpoint come on top, on a machine that may be busy. */
const STOP_MS = 30_000;

test('a server that stood still for some seconds goes on, and nothing came early or twice', async (context) => {
  await using site = await Site.open(context);
  const journal = new Journal();
  await using load = new Load(site.address, journal, site.random.fork('load'));
  const server = await site.serve();
  load.start();
  await load.runFor(1_000);
  server.pause();
  await delay(PAUSE_MS);
  server.resume();
  await load.runFor(700);
  await load.finish();
  await site.check(journal);
});

test('a server that is asked to end under load ends well and soon, and the next one goes on', async (context) => {
  await using site = await Site.open(context);
  const random = site.random.fork('stops');
  const journal = new Journal();
  await using load = new Load(site.address, journal, site.random.fork('load'));
  load.start();
  for (let round = 0; round < 2; round += 1) {
    const server = await site.serve();
    await load.runFor(random.between(100, 800));
    const askedAtMs = Date.now();
    assert.deepEqual(await server.stop(), { code: 0, signal: null }, server.output);
    const tookMs = Date.now() - askedAtMs;
    assert.ok(tookMs < STOP_MS, `it took ${tookMs} ms to end`);
    assert.doesNotMatch(server.output, /error|failed/i);
    site.assertFileIsSound();
  }
  await site.serve();
  await load.finish();
  await site.check(journal);
});
