import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  EventType,
  WorkflowExecutionStatus,
  WorkflowIdConflictPolicy as Conflict,
  WorkflowIdReusePolicy as Reuse,
} from '@perdure/proto/enums';
import type { Command } from '@perdure/proto/types';
import { enumName } from '../../kernel/enum-name.ts';
import { jsonText } from '../../kernel/json-payload.ts';
import { GrpcStatus, isRejection } from '../../kernel/rejection.ts';
import { isOpen } from '../run.ts';
import { outward } from '../testing-family.ts';
import { signalWithStartOf, startOf, terminateOf, type StartFields } from '../testing-requests.ts';
import { Bench, command, payloads, refusal } from '../testing.ts';

const REUSES = [Reuse.AllowDuplicate, Reuse.AllowDuplicateFailedOnly, Reuse.RejectDuplicate, Reuse.TerminateIfRunning];

/** What comes of a second start with these policies. */
function secondStart(bench: Bench, policies: StartFields, signal?: string): string {
  const found = bench.run;
  const wasOpen = isOpen(found);
  const request = { requestId: 'second', ...policies };
  const input = signal === undefined ? startOf(bench, request) : signalWithStartOf(bench, signal, request);
  const reply = bench.send(input);
  if (isRejection(reply)) return 'refused';
  if (reply.runId === found.runId) return 'used';
  return wasOpen && !isOpen(found) ? 'terminated, then started' : 'started';
}

function withRunning(): Bench {
  const bench = new Bench();
  bench.ok(startOf(bench, { requestId: 'first' }));
  return bench;
}

test('a running workflow: the conflict policy decides, whatever the reuse policy', () => {
  const outcomes: string[] = [];
  for (const workflowIdConflictPolicy of [Conflict.Fail, Conflict.UseExisting, Conflict.TerminateExisting]) {
    for (const workflowIdReusePolicy of REUSES.slice(0, 3)) {
      const policies = { workflowIdConflictPolicy, workflowIdReusePolicy };
      const names = `${enumName(Conflict, workflowIdConflictPolicy)} ${enumName(Reuse, workflowIdReusePolicy)}`;
      outcomes.push(`${names}: ${secondStart(withRunning(), policies)}`);
    }
  }
  assert.deepEqual(outcomes, [
    'Fail AllowDuplicate: refused',
    'Fail AllowDuplicateFailedOnly: refused',
    'Fail RejectDuplicate: refused',
    'UseExisting AllowDuplicate: used',
    'UseExisting AllowDuplicateFailedOnly: used',
    'UseExisting RejectDuplicate: used',
    'TerminateExisting AllowDuplicate: terminated, then started',
    'TerminateExisting AllowDuplicateFailedOnly: terminated, then started',
    'TerminateExisting RejectDuplicate: terminated, then started',
  ]);
});

test('a running workflow and no conflict policy: a start fails, a signal with start uses it', () => {
  assert.equal(secondStart(withRunning(), {}), 'refused');
  assert.equal(secondStart(withRunning(), {}, 'signal'), 'used');
});

test('the older reuse policy "terminate if running" stands for a conflict policy', () => {
  const policies = { workflowIdReusePolicy: Reuse.TerminateIfRunning };
  assert.equal(secondStart(withRunning(), policies), 'terminated, then started');
  assert.equal(secondStart(withRunning(), policies, 'signal'), 'terminated, then started');
  const closed = withRunning();
  closed.complete([command.completeWorkflow()]);
  assert.equal(secondStart(closed, policies), 'started');
});

test('a closed workflow: the reuse policy decides by how it has ended', () => {
  const ends: Record<string, Command | undefined> = {
    Completed: command.completeWorkflow(),
    Failed: outward.fail('broken'),
    Canceled: outward.cancelWorkflow(),
    Terminated: undefined,
  };
  const outcomes: string[] = [];
  for (const [end, close] of Object.entries(ends)) {
    for (const workflowIdReusePolicy of [...REUSES.slice(0, 3), Reuse.Unspecified]) {
      for (const signal of [undefined, 'signal']) {
        const bench = withRunning();
        if (close === undefined) bench.ok(terminateOf());
        else bench.complete([close]);
        const outcome = secondStart(bench, { workflowIdReusePolicy }, signal);
        const line = `${end} ${enumName(Reuse, workflowIdReusePolicy)}: ${outcome}`;
        if (signal === undefined) outcomes.push(line);
        else assert.equal(outcomes.at(-1), line);
      }
    }
  }
  assert.deepEqual(outcomes, [
    'Completed AllowDuplicate: started',
    'Completed AllowDuplicateFailedOnly: refused',
    'Completed RejectDuplicate: refused',
    'Completed Unspecified: started',
    'Failed AllowDuplicate: started',
    'Failed AllowDuplicateFailedOnly: started',
    'Failed RejectDuplicate: refused',
    'Failed Unspecified: started',
    'Canceled AllowDuplicate: started',
    'Canceled AllowDuplicateFailedOnly: started',
    'Canceled RejectDuplicate: refused',
    'Canceled Unspecified: started',
    'Terminated AllowDuplicate: started',
    'Terminated AllowDuplicateFailedOnly: started',
    'Terminated RejectDuplicate: refused',
    'Terminated Unspecified: started',
  ]);
});

test('a run that has timed out counts as one that has failed', () => {
  const bench = new Bench();
  bench.start({ workflowRunTimeout: { seconds: 1 } });
  bench.advance(1_000);
  assert.equal(secondStart(bench, { workflowIdReusePolicy: Reuse.AllowDuplicateFailedOnly }), 'started');
});

test('a refusal names the run that is in the way, and the request that has started it', () => {
  const bench = withRunning();
  const { runId } = bench.run;
  const refuse = (workflowIdReusePolicy: Reuse) =>
    refusal(bench.send(startOf(bench, { requestId: 'second', workflowIdReusePolicy })));
  const ids = `WorkflowId: workflow, RunId: ${runId}.`;
  const running = refuse(Reuse.AllowDuplicate);
  assert.equal(running.status, GrpcStatus.AlreadyExists);
  assert.equal(running.message, `Workflow execution is already running. ${ids}`);
  assert.deepEqual(running.detail, {
    type: 'WorkflowExecutionAlreadyStartedFailure',
    value: { startRequestId: 'first', runId, firstExecutionRunId: runId },
  });
  bench.complete([command.completeWorkflow()]);
  const finished = refuse(Reuse.RejectDuplicate);
  assert.equal(
    finished.message,
    `Workflow execution already finished. ${ids} Workflow Id reuse policy: reject duplicate workflow Id.`,
  );
  assert.deepEqual(finished.detail, running.detail);
  assert.equal(
    refuse(Reuse.AllowDuplicateFailedOnly).message,
    `Workflow execution already finished successfully. ${ids} Workflow Id reuse policy: allow duplicate workflow Id if last run failed.`,
  );
});

test('terminate existing: the old run ends and the new one begins in one step', () => {
  const bench = withRunning();
  const old = bench.run;
  const task = bench.workflowTask();
  bench.signal('not seen yet');
  const { runId } = bench.ok(startOf(bench, { requestId: 'second', workflowIdConflictPolicy: 3 }));
  assert.equal(bench.run.runId, runId);
  assert.deepEqual(bench.history(4, old), [
    '4 WorkflowTaskFailed',
    '5 WorkflowExecutionSignaled',
    '6 WorkflowExecutionTerminated',
  ]);
  assert.deepEqual(bench.last(EventType.WorkflowExecutionTerminated, old).workflowExecutionTerminatedEventAttributes, {
    reason: 'TerminateIfRunning WorkflowIdReusePolicy',
    identity: 'history-service',
    details: jsonText(`terminated by new runID: ${runId}`),
  });
  assert.equal(refusalOf(bench, task).message, 'Workflow task not found.');
});

test('an id that was started a moment ago, where that is looked at', () => {
  const bench = new Bench({ limits: { checksReuseInterval: true } });
  bench.ok(startOf(bench, { requestId: 'first' }));
  bench.advance(400);
  const restart = refusal(bench.send(startOf(bench, { requestId: 'second', workflowIdConflictPolicy: 3 })));
  assert.deepEqual(
    [restart.status, restart.message],
    [GrpcStatus.ResourceExhausted, 'Too many restarts for workflow workflow. Time since last start: 400 ms'],
  );
  assert.equal(isOpen(bench.run), true);
  bench.ok(terminateOf());
  bench.advance(600);
  const start = refusal(bench.send(startOf(bench, { requestId: 'third' })));
  assert.equal(start.message, 'Too many starts for workflow workflow. Time since last start: 1000 ms');
  bench.advance(1);
  bench.ok(startOf(bench, { requestId: 'fourth' }));
});

function refusalOf(bench: Bench, task: ReturnType<Bench['workflowTask']>) {
  return refusal(bench.send({ kind: 'completeWorkflowTask', runId: task.runId, task: task.task, request: {} }));
}

/** A start that uses what it finds, and attaches things to it. */
function attaching(bench: Bench, requestId: string, request: StartFields) {
  return bench.ok(startOf(bench, { requestId, workflowIdConflictPolicy: Conflict.UseExisting, ...request }));
}

test('use existing: nothing is recorded where nothing is asked for', () => {
  const bench = withRunning();
  const used = attaching(bench, 'second', { links: [{ batchJob: { jobId: 'job' } }] });
  assert.deepEqual(used, { ...used, runId: bench.run.runId, started: false, status: WorkflowExecutionStatus.Running });
  assert.equal(bench.events().length, 2);
});

test('use existing: what the request attaches is recorded, and wakes nobody', () => {
  const bench = withRunning();
  bench.complete([]);
  const links = [{ batchJob: { jobId: 'job' } }];
  const completionCallbacks = [{ nexus: { url: 'http://localhost' } }];
  attaching(bench, 'second', { links, completionCallbacks, onConflictOptions: { attachLinks: true } });
  const onConflictOptions = { attachRequestId: true, attachCompletionCallbacks: true };
  attaching(bench, 'third', { links, completionCallbacks, onConflictOptions });
  assert.deepEqual(bench.history(5), ['5 WorkflowExecutionOptionsUpdated', '6 WorkflowExecutionOptionsUpdated']);
  const [linked, called] = bench.events().slice(4);
  assert.deepEqual(linked?.links, links);
  assert.equal(linked?.workerMayIgnore, true);
  assert.deepEqual(linked?.workflowExecutionOptionsUpdatedEventAttributes, {
    attachedRequestId: undefined,
    attachedCompletionCallbacks: undefined,
  });
  assert.equal(called?.links, undefined);
  assert.deepEqual(called?.workflowExecutionOptionsUpdatedEventAttributes, {
    attachedRequestId: 'third',
    attachedCompletionCallbacks: completionCallbacks,
  });
  assert.equal(bench.run.task.phase, 'none');
});

test('an attached request is known from then on, open or closed, as one that has started nothing', () => {
  const bench = withRunning();
  const { runId } = attaching(bench, 'second', { onConflictOptions: { attachRequestId: true } });
  for (const end of [false, true]) {
    if (end) bench.ok(terminateOf());
    const again = bench.ok(startOf(bench, { requestId: 'second', workflowIdConflictPolicy: Conflict.Fail }));
    assert.deepEqual([again.runId, again.started], [runId, false]);
  }
  assert.equal(bench.events().filter((event) => event.workerMayIgnore === true).length, 1);
});

test('a request that is attached while a workflow task runs learns its event when the task is over', () => {
  const bench = withRunning();
  const task = bench.workflowTask();
  attaching(bench, 'second', { onConflictOptions: { attachRequestId: true } });
  const attached = () => bench.run.lifecycle.requestIds.get('second');
  assert.deepEqual(attached(), { eventType: EventType.WorkflowExecutionOptionsUpdated, eventId: 0 });
  bench.complete([], {}, task);
  assert.deepEqual(bench.history(5), ['5 WorkflowExecutionOptionsUpdated', '6 WorkflowTaskScheduled']);
  assert.equal(attached()?.eventId, 5);
});

test('signal with start signals a running workflow once for each request', () => {
  const bench = withRunning();
  assert.equal(secondStart(bench, {}, 'signal'), 'used');
  assert.equal(secondStart(bench, {}, 'signal'), 'used');
  const signal = bench.last(EventType.WorkflowExecutionSignaled).workflowExecutionSignaledEventAttributes;
  assert.equal(signal?.requestId, 'second');
  assert.equal(bench.run.signalCount, 1);
});

test('signal with start is refused like a signal', () => {
  const bench = new Bench({ limits: { signalsMax: 1 } });
  bench.start();
  bench.ok(signalWithStartOf(bench, 'one', { requestId: 'a', input: payloads('x') }));
  const refused = refusal(bench.send(signalWithStartOf(bench, 'two', { requestId: 'b' })));
  assert.equal(refused.message, 'exceeded workflow execution limit for signal events');
});
