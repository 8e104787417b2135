import { logFrames, powerCuts, readImage, writeCut } from '@perdure/storage-sqlite/testing';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { readAllRuns } from './check/runs.ts';
import { Journal } from './journal.ts';
import { sendSignal, startWorkflow, type Caller } from './load/calls.ts';
import { Service } from './service.ts';
import { Site } from './site.ts';
import { valueOf } from './wire.ts';

/** Each of them is asked for when the one before has been acknowledged: their order is that of their commits. */
const REQUESTS = 24;
/** Of the many places at which a log can be cut, so many are tried with a server. The store's own tests try them all. */
const CUTS = 6;

/** Starts and signals, one after the other. Returns their names in order. */
async function makeRequests(caller: Caller): Promise<string[]> {
  const names: string[] = [];
  for (let index = 0; index < REQUESTS; index += 1) {
    const workflowId = `wait-${index - (index % 3)}`;
    if (index % 3 === 0) await startWorkflow(caller, workflowId, { kind: 'wait' });
    else await sendSignal(caller, workflowId);
    names.push(index % 3 === 0 ? workflowId : (caller.journal.signals.at(-1)?.marker ?? ''));
  }
  return names;
}

/** The names of the requests that a server's histories hold. */
async function namesThere(address: string): Promise<Set<string>> {
  const service = new Service(address);
  const names = new Set<string>();
  for (const { workflowId, history } of await readAllRuns(service)) {
    names.add(workflowId);
    for (const { workflowExecutionSignaledEventAttributes: signaled } of history) {
      if (signaled) names.add(valueOf(signaled.input));
    }
  }
  await service.close();
  return names;
}

test('power lost at any moment costs what was not yet acknowledged then, and nothing else', async (context) => {
  await using site = await Site.open(context);
  const service = new Service(site.address);
  // Once to make the file, so that the log of the second holds requests and little else.
  await (await site.serve()).stop();
  const server = await site.serve();
  const journal = new Journal();
  const names = await makeRequests({ service, journal, random: site.random });
  await service.close();
  await server.kill();
  const image = readImage(site.file);
  assert.ok(logFrames(image.log).length >= REQUESTS, 'a commit of each request is in the log');
  const random = site.random.fork('cuts');
  const cuts = powerCuts(image.log);
  for (let count = 0; count < CUTS; count += 1) {
    const sizeBytes = count === 0 ? image.log.length : (cuts[random.between(0, cuts.length - 1)] ?? 0);
    const file = join(site.folder, `cut-${count}.db`);
    const lostCommits = writeCut(file, image, sizeBytes, random.pick(['missing', 'zeros', 'noise']));
    const reopened = await site.serve([], file);
    const there = await namesThere(site.address);
    const kept = names.filter((name) => there.has(name));
    assert.deepEqual(
      kept,
      names.slice(0, kept.length),
      `cut at ${sizeBytes}: a later request is there without an earlier`,
    );
    assert.equal(kept.length, there.size, `cut at ${sizeBytes}: something is there that nobody asked for`);
    const least = names.length - lostCommits;
    assert.ok(
      kept.length >= least,
      `cut at ${sizeBytes}: ${lostCommits} commits are lost, but only ${kept.length} kept`,
    );
    if (lostCommits === 0) assert.equal(kept.length, names.length);
    await reopened.kill();
  }
});
