import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandType, EventType } from '@perdure/proto/enums';
import type { Message } from '../../aggregate/delivery.ts';
import type { Command } from '@perdure/proto/types';
import type { WorkflowClosedInput } from './watcher.ts';
import { Bench, payloads } from '../testing.ts';

const WATCHER = { to: { namespaceId: 'namespace-id', scheduleId: 'nightly' }, token: 'tick-1' };

const complete: Command = {
  commandType: CommandType.CompleteWorkflowExecution,
  completeWorkflowExecutionCommandAttributes: { result: payloads('done') },
};
const continueAsNew: Command = {
  commandType: CommandType.ContinueAsNewWorkflowExecution,
  continueAsNewWorkflowExecutionCommandAttributes: { workflowType: { name: 'W' }, taskQueue: { name: 'queue' } },
};

function watched(): Bench {
  const bench = new Bench();
  const request = { workflowId: 'workflow', workflowType: { name: 'W' }, taskQueue: { name: 'queue' } };
  const start = { kind: 'start', signal: undefined, parent: undefined } as const;
  bench.ok({ ...start, request: { ...request, requestId: 'r' }, watchers: [WATCHER] });
  return bench;
}

/** What is on its way to watchers. */
function news(bench: Bench) {
  return bench.effects.flatMap((effect) =>
    effect.kind === 'deliver' && effect.delivery.key.startsWith('watcher:') ? [effect.delivery as Message] : [],
  );
}

test('the close of a run is told to its watcher, once it has been settled not again', () => {
  const bench = watched();
  bench.complete([complete]);
  const [delivery] = news(bench);
  assert.equal(delivery?.key, 'watcher:tick-1');
  assert.deepEqual(delivery.to, WATCHER.to);
  const input = delivery.input as WorkflowClosedInput;
  assert.deepEqual(input.execution, { workflowId: 'workflow', runId: bench.run.runId });
  assert.equal(input.event.eventType, EventType.WorkflowExecutionCompleted);

  const answer = { runId: 'schedule-run' };
  bench.ok({ kind: 'settle', runId: '', key: delivery.key, answer });
  assert.deepEqual(bench.run.watchers, []);
});

test('the watcher goes along with the chain: only the last run tells it', () => {
  const bench = watched();
  const firstRunId = bench.run.runId;
  bench.complete([continueAsNew]);
  assert.deepEqual(news(bench), []);
  assert.notEqual(bench.run.runId, firstRunId);
  bench.advance(1_000);
  bench.complete([complete]);
  const [delivery] = news(bench);
  const input = delivery?.input as WorkflowClosedInput;
  assert.equal(input.firstRunId, firstRunId);
});

test('a run that nobody watches has nothing to tell', () => {
  const bench = new Bench();
  bench.start();
  bench.complete([complete]);
  assert.deepEqual(news(bench), []);
  assert.equal(bench.run.watchers, undefined);
});
