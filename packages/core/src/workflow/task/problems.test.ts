import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WorkflowTaskFailedCause } from '@perdure/proto/enums';
import { listOf } from '../../visibility/index.ts';
import { failureOf, STICKY } from '../testing-requests.ts';
import { Bench } from '../testing.ts';

function problems(bench: Bench): readonly string[] {
  return listOf(bench.run.lifecycle.searchAttributes, 'TemporalReportedProblems');
}

const FAILED = ['category=WorkflowTaskFailed', 'cause=WorkflowTaskFailedCauseNonDeterministicError'];

function fail(bench: Bench): void {
  bench.ok(failureOf(bench.workflowTask(), WorkflowTaskFailedCause.NonDeterministicError));
}

test('a run whose tasks keep failing can be found by it, until one is completed', () => {
  const bench = new Bench({ limits: { problemsToReport: 3 } });
  bench.start();
  fail(bench);
  fail(bench);
  assert.deepEqual(problems(bench), []);
  bench.effects = bench.effects.filter(({ kind }) => kind !== 'indexVisibility');
  fail(bench);
  assert.deepEqual(problems(bench), FAILED);
  fail(bench);
  assert.equal(bench.effects.filter(({ kind }) => kind === 'indexVisibility').length, 1);
  bench.complete([], { forceCreateNewWorkflowTask: true });
  assert.deepEqual(problems(bench), []);
  fail(bench);
  fail(bench);
  assert.deepEqual(problems(bench), []);
});

test('tasks that time out', () => {
  const bench = new Bench({ limits: { problemsToReport: 2 } });
  bench.start();
  for (let attempt = 1; attempt <= 2; attempt++) {
    bench.workflowTask();
    bench.advance(10_000);
  }
  assert.deepEqual(problems(bench), ['category=WorkflowTaskTimedOut', 'cause=WorkflowTaskTimedOutCauseStartToClose']);
});

test('a task of a sticky worker does not count', () => {
  const bench = new Bench({ limits: { problemsToReport: 2 } });
  bench.start();
  bench.complete([], STICKY);
  bench.signal('news');
  fail(bench);
  fail(bench);
  assert.deepEqual(problems(bench), []);
  fail(bench);
  assert.deepEqual(problems(bench), FAILED);
});

test('0 turns it off', () => {
  const bench = new Bench({ limits: { problemsToReport: 0 } });
  bench.start();
  for (let attempt = 1; attempt <= 6; attempt++) fail(bench);
  assert.deepEqual(problems(bench), []);
});
