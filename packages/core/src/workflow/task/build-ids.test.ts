import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WorkerVersioningMode } from '@perdure/proto/enums';
import { listOf } from '../../visibility/index.ts';
import { outward } from '../testing-family.ts';
import { Bench, command, START_MS } from '../testing.ts';

function stamp(buildId: string, more: object = {}) {
  return { workerVersionStamp: { buildId }, forceCreateNewWorkflowTask: true, ...more };
}

function buildIds(bench: Bench): readonly string[] {
  return listOf(bench.run.lifecycle.searchAttributes, 'BuildIds');
}

function points(bench: Bench): string[] {
  return (bench.run.lifecycle.resetPoints ?? []).map(
    ({ buildId, binaryChecksum, runId, firstWorkflowTaskCompletedId, resettable }) =>
      `${buildId ?? ''}/${binaryChecksum ?? ''} of ${runId} at ${firstWorkflowTaskCompletedId}${resettable ? '' : ', not resettable'}`,
  );
}

test('a run is known by the builds of its workers, and by where each of them began', () => {
  const bench = new Bench();
  const { runId } = bench.start();
  assert.deepEqual(buildIds(bench), []);
  bench.complete([], { forceCreateNewWorkflowTask: true });
  assert.deepEqual(buildIds(bench), ['unversioned']);
  bench.complete([], stamp('one'));
  bench.complete([], stamp('two'));
  bench.complete([command.startTimer('t', 60)], stamp('one'));
  assert.deepEqual(buildIds(bench), ['unversioned', 'unversioned:one', 'unversioned:two']);
  assert.deepEqual(points(bench), [`/ of ${runId} at 4`, `one/ of ${runId} at 7`, `two/ of ${runId} at 10`]);
});

test('the row in visibility follows when a build is new, and only then', () => {
  const bench = new Bench();
  bench.start();
  const rows = () => bench.effects.filter(({ kind }) => kind === 'indexVisibility').length;
  bench.effects = bench.effects.filter(({ kind }) => kind !== 'indexVisibility');
  bench.complete([], stamp('one'));
  assert.equal(rows(), 1);
  bench.complete([], stamp('one'));
  assert.equal(rows(), 1);
});

test('checksums of binaries are listed as well', () => {
  const bench = new Bench();
  const { runId } = bench.start();
  bench.complete([], { binaryChecksum: 'a', forceCreateNewWorkflowTask: true });
  bench.complete([], { binaryChecksum: 'b', forceCreateNewWorkflowTask: true });
  assert.deepEqual(listOf(bench.run.lifecycle.searchAttributes, 'BinaryChecksums'), ['a', 'b']);
  assert.deepEqual(points(bench), [`/a of ${runId} at 4`, `/b of ${runId} at 7`]);
});

test('a versioned worker is listed as one', () => {
  const bench = new Bench();
  bench.start();
  bench.complete([], { workerVersionStamp: { buildId: 'one', useVersioning: true } });
  assert.deepEqual(buildIds(bench), ['versioned:one']);
});

test('the deployment that a worker names is known of the run, however it is versioned', () => {
  const bench = new Bench();
  bench.start();
  const deployment = () => bench.run.lifecycle.searchAttributes?.indexedFields?.['TemporalWorkerDeployment']?.data;
  const unversioned = { deploymentName: 'backend', workerVersioningMode: WorkerVersioningMode.Unversioned };
  bench.complete([], { deploymentOptions: unversioned, forceCreateNewWorkflowTask: true });
  assert.equal(bench.run.task.lastDeploymentName, 'backend');
  assert.deepEqual(deployment(), new TextEncoder().encode('"backend"'));
  bench.complete([], { forceCreateNewWorkflowTask: true });
  assert.equal(bench.run.task.lastDeploymentName, '');
  assert.equal(deployment(), undefined);
});

test('of too many builds the oldest are forgotten', () => {
  const bench = new Bench({ limits: { resetPointsMax: 2, searchAttributeValueSizeBytesMax: 60 } });
  const { runId } = bench.start();
  for (const buildId of ['one', 'two', 'three', 'four']) bench.complete([], stamp(buildId));
  assert.deepEqual(buildIds(bench), ['unversioned', 'unversioned:three', 'unversioned:four']);
  assert.deepEqual(points(bench), [`three/ of ${runId} at 10`, `four/ of ${runId} at 13`]);
});

test('a run with something on its way cannot be reset to', () => {
  const bench = new Bench();
  const { runId } = bench.start();
  bench.complete([outward.startChild('child')], stamp('one'));
  bench.complete([], stamp('two'));
  assert.deepEqual(points(bench), [`one/ of ${runId} at 4`, `two/ of ${runId} at 8, not resettable`]);
});

test('the next run of the chain has them until the runs that they are of are removed', () => {
  const bench = new Bench();
  const first = bench.start();
  bench.complete([outward.continueAsNew()], { workerVersionStamp: { buildId: 'one' } });
  const inherited = bench.run.lifecycle.start.prevAutoResetPoints?.points ?? [];
  assert.deepEqual(points(bench), [`one/ of ${first.runId} at 4`]);
  assert.deepEqual(inherited[0]?.expireTime, { seconds: START_MS / 1_000 + 86_400, nanos: 0 });
  bench.advance(2 * 86_400_000);
  bench.complete([outward.continueAsNew()], { workerVersionStamp: { buildId: 'two' } });
  assert.deepEqual(
    points(bench).map((point) => point.split(' ')[0]),
    ['two/'],
  );
  assert.deepEqual(buildIds(bench), []);
});
