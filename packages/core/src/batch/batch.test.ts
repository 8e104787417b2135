import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchOperationState, BatchOperationType } from '@perdure/proto/enums';
import { defaultLimits } from '../kernel/limits.ts';
import { isRejection } from '../kernel/rejection.ts';
import type { VisibilityRecord } from '../visibility/index.ts';
import { canonical } from '../workflow/testing.ts';
import { describeBatch } from './describe.ts';
import type { BatchInput } from './input.ts';
import type { BatchJob, BatchPage } from './job.ts';
import { batchMachine } from './machine.ts';
import { stepBatch } from './step.ts';

const START_MS = 1_700_000_000_000;

/** One job id for tests. After each step the job is rebuilt from its record and must come out the same. */
class Bench {
  nowMs = START_MS;
  job: BatchJob | undefined;
  record: VisibilityRecord | undefined;
  #rebuilt: BatchJob | undefined;

  send(input: BatchInput) {
    const view = { namespaceId: 'namespace-id', id: 'job', current: this.job, others: new Map<string, BatchJob>() };
    const { reply, step } = stepBatch(view, input, {
      nowMs: this.nowMs,
      limits: defaultLimits,
      namespace: { id: 'namespace-id', name: 'default' },
      newId: () => 'run',
      random: () => 0,
      encodeEvent: () => new Uint8Array(0),
      encodeListInfo: () => new Uint8Array(0),
      namespaceByName: () => undefined,
    });
    for (const { run, changes } of step.transitions) {
      this.job = run;
      this.#rebuilt ??= batchMachine.blank({ namespaceId: 'namespace-id', id: 'job', runId: run.runId });
      batchMachine.reapply(this.#rebuilt, changes);
      assert.equal(canonical(batchMachine.snapshotOf(this.#rebuilt)), canonical(batchMachine.snapshotOf(run)));
    }
    for (const effect of step.effects) if (effect.kind === 'indexVisibility') this.record = effect.record;
    return isRejection(reply) ? reply.message : 'ok';
  }

  start() {
    const request = { jobId: 'job', reason: 'why', visibilityQuery: 'x', signalOperation: { signal: 's' } };
    return this.send({ kind: 'startBatch', request, operation: BatchOperationType.Signal, identity: 'me' });
  }

  page(pageNumber: number, page: BatchPage, totalCount = 0) {
    return this.send({ kind: 'takeBatchPage', runId: 'run', pageNumber, page, totalCount });
  }

  settle(pageNumber: number, succeeded: number[], failed: number[] = []) {
    return this.send({ kind: 'settleBatch', runId: 'run', pageNumber, succeeded, failed });
  }

  get shown() {
    assert(this.job !== undefined);
    const described = describeBatch(this.job);
    const { state, totalOperationCount, completeOperationCount, failureOperationCount } = described;
    return { state, total: totalOperationCount, done: completeOperationCount, failed: failureOperationCount };
  }
}

function pageOf(count: number, next?: BatchPage['next']): BatchPage {
  const executions = Array.from({ length: count }, (_, index) => ({ workflowId: `w${index}`, runId: `r${index}` }));
  return { executions, next };
}

test('a job goes through its pages, and ends with the last execution of the last one', () => {
  const bench = new Bench();
  assert.equal(bench.start(), 'ok');
  assert.deepEqual(bench.shown, { state: BatchOperationState.Running, total: 0, done: 0, failed: 0 });
  bench.page(1, pageOf(2, { index: 2 }), 3);
  bench.settle(1, [1]);
  assert.deepEqual(bench.shown, { state: BatchOperationState.Running, total: 3, done: 1, failed: 0 });
  bench.settle(1, [], [0]);
  bench.page(2, pageOf(1), 3);
  bench.nowMs += 5;
  bench.settle(2, [0]);
  assert.deepEqual(bench.shown, { state: BatchOperationState.Completed, total: 3, done: 2, failed: 1 });
  assert.equal(bench.job?.closedAtMs, START_MS + 5);
  assert.deepEqual(bench.job?.request, { reason: 'why', visibilityQuery: 'x' });
  const stats = bench.record?.memo?.fields?.['batch_operation_stats']?.data;
  assert.equal(Buffer.from(stats ?? []).toString(), '{"NumSuccess":2,"NumFailure":1}');
});

test('a job that selects nothing is done at once', () => {
  const bench = new Bench();
  bench.start();
  bench.page(1, pageOf(0));
  assert.equal(bench.shown.state, BatchOperationState.Completed);
});

test('what is told twice, or late, counts once', () => {
  const bench = new Bench();
  bench.start();
  bench.page(1, pageOf(2, { index: 2 }), 4);
  bench.page(1, pageOf(2, { index: 2 }), 4);
  bench.page(2, pageOf(2), 4);
  assert.equal(bench.job?.pageNumber, 1, 'a page is only taken when the one before is done');
  bench.settle(1, [0, 0], [0]);
  bench.settle(1, [0], [1]);
  assert.deepEqual(bench.shown, { state: BatchOperationState.Running, total: 4, done: 1, failed: 1 });
  bench.page(2, pageOf(2), 4);
  bench.settle(1, [0, 1]);
  assert.deepEqual([bench.shown.done, bench.job?.settled.size], [1, 0]);
});

test('a job that was stopped keeps what it did, and takes nothing more', () => {
  const bench = new Bench();
  bench.start();
  bench.page(1, pageOf(3), 3);
  bench.settle(1, [0]);
  assert.equal(bench.send({ kind: 'stopBatch', reason: 'enough' }), 'ok');
  assert.deepEqual(bench.shown, { state: BatchOperationState.Failed, total: 3, done: 1, failed: 0 });
  assert.equal(bench.settle(1, [1]), 'workflow execution already completed');
  assert.equal(bench.send({ kind: 'stopBatch', reason: 'enough' }), 'workflow execution already completed');
  assert.match(bench.start(), /^Workflow execution already finished\. .* reject duplicate workflow Id\.$/);
});

test('an id is one job; a query that cannot be makes it fail; deletion ends and removes it', () => {
  const bench = new Bench();
  assert.equal(bench.send({ kind: 'stopBatch', reason: 'x' }), 'workflow not found for ID: job');
  bench.start();
  assert.equal(bench.start(), 'Workflow execution is already running. WorkflowId: job, RunId: run.');
  bench.send({ kind: 'failBatch', runId: 'run', reason: 'no such attribute' });
  assert.equal(bench.shown.state, BatchOperationState.Failed);
  assert(bench.job !== undefined);
  assert.equal(batchMachine.removeAtMs(bench.job, 1_000), START_MS + 1_000);
  bench.send({ kind: 'delete', runId: 'run' });
  assert.equal(batchMachine.removeAtMs(bench.job, 1_000), START_MS);
});
