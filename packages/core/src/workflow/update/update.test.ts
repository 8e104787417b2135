import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CommandType,
  EventType,
  SuggestContinueAsNewReason,
  WorkflowIdConflictPolicy,
  WorkflowTaskFailedCause,
} from '@perdure/proto/enums';
import type { Command, RespondWorkflowTaskCompletedRequest } from '@perdure/proto/types';
import { GrpcStatus } from '../../kernel/rejection.ts';
import { applyFleeting, isPinned, isSpeculative } from '../fleeting.ts';
import { durableState, restoreRun } from '../rebuild.ts';
import type { WorkflowTask } from '../task/workflow-task.ts';
import type { WorkflowTaskView } from '../task/workflow-task-view.ts';
import { Bench, canonical, command, payloads, refusal } from '../testing.ts';
import { wakeAtMs } from '../wake.ts';
import type { UpdateMessage, UpdateMessageBody } from './messages.ts';
import { updateStatus } from './update-status.ts';

const sticky: RespondWorkflowTaskCompletedRequest = {
  stickyAttributes: { workerTaskQueue: { name: 'sticky' }, scheduleToStartTimeout: { seconds: 10 } },
};
const TASK = ['WorkflowTaskScheduled', 'WorkflowTaskStarted', 'WorkflowTaskCompleted'];

function request(updateId: string) {
  return { meta: { updateId }, input: { name: 'update', args: payloads(updateId) } };
}

function admit(bench: Bench, updateId: string) {
  return bench.send({ kind: 'admitUpdate', runId: '', firstRunId: '', updateId, request: request(updateId) });
}

function message(updateId: string, body: UpdateMessageBody): UpdateMessage {
  return { id: `${updateId}/${body.kind}`, updateId, sizeBytes: 10, body };
}

function acceptance(updateId: string): UpdateMessage {
  const acceptedRequestMessageId = `${updateId}/request`;
  const acceptance = { acceptedRequestMessageId, acceptedRequestSequencingEventId: 5 };
  return message(updateId, { kind: 'acceptance', acceptance });
}

function response(updateId: string): UpdateMessage {
  const response = { meta: { updateId }, outcome: { success: payloads('done') } };
  return message(updateId, { kind: 'response', response });
}

function rejection(updateId: string): UpdateMessage {
  return message(updateId, { kind: 'rejection', rejection: { failure: { message: 'no' } } });
}

function refer(...messages: readonly UpdateMessage[]): Command[] {
  return messages.map(({ id }) => ({
    commandType: CommandType.ProtocolMessage,
    protocolMessageCommandAttributes: { messageId: id },
  }));
}

/** An idle run: four events, its worker bound if `request` says so. */
function idle(request: RespondWorkflowTaskCompletedRequest = {}, options: ConstructorParameters<typeof Bench>[0] = {}) {
  const bench = new Bench(options);
  bench.start();
  bench.complete([], request);
  bench.effects = [];
  return bench;
}

function settled(bench: Bench) {
  return bench.effects.flatMap((effect) =>
    effect.kind === 'updateSettled' ? [[effect.updateId, effect.outcome]] : [],
  );
}

function names(bench: Bench, fromId: number): string[] {
  return bench.history(fromId).map((line) => line.slice(line.indexOf(' ') + 1));
}

test('an update of an idle run is shown to a worker with events that nobody has written', () => {
  const bench = idle();
  const before = canonical(durableState(bench.run));
  assert.deepEqual(admit(bench, 'u'), { runId: 'id-2', stage: 'admitted', completedEventId: 0, outcome: undefined });
  assert.equal(canonical(durableState(bench.run)), before);
  assert.ok(isPinned(bench.run));
  assert.equal(bench.offers('offerWorkflowTask')[0]?.speculative, true);
  const view = bench.workflowTask();
  assert.equal(canonical(durableState(bench.run)), before);
  assert.equal(bench.history().length, 4);
  assert.deepEqual(
    view.transientEvents.map(({ eventId }) => eventId),
    [5, 6],
  );
  assert.equal(view.lastEventId, 4);
  assert.notEqual(view.task.ticket, '');
  assert.deepEqual(view.updates, [{ messageId: 'u/request', updateId: 'u', eventId: 5, request: request('u') }]);
});

test('what comes of it is written after the events of the task', () => {
  const bench = idle();
  admit(bench, 'u');
  const messages = [acceptance('u'), response('u')];
  const done = bench.complete(refer(...messages), {}, bench.workflowTask(), messages);
  assert.equal(done.resetHistoryEventId, 0);
  assert.deepEqual(names(bench, 5), [...TASK, 'WorkflowExecutionUpdateAccepted', 'WorkflowExecutionUpdateCompleted']);
  assert.deepEqual(
    bench.last(EventType.WorkflowExecutionUpdateAccepted).workflowExecutionUpdateAcceptedEventAttributes,
    {
      protocolInstanceId: 'u',
      acceptedRequestMessageId: 'u/request',
      acceptedRequestSequencingEventId: 5,
      acceptedRequest: request('u'),
    },
  );
  assert.equal(
    bench.last(EventType.WorkflowExecutionUpdateCompleted).workflowExecutionUpdateCompletedEventAttributes
      ?.acceptedEventId,
    8,
  );
  assert.deepEqual(settled(bench), [['u', { success: payloads('done') }]]);
  assert.ok(!isPinned(bench.run));
  assert.equal(updateStatus(bench.run, 'u')?.completedEventId, 9);
  assert.deepEqual(admit(bench, 'u'), updateStatus(bench.run, 'u'));
});

test('a task of which only rejections come leaves no trace, and the next one is told apart', () => {
  const bench = idle();
  const before = canonical(durableState(bench.run));
  admit(bench, 'u');
  const first = bench.workflowTask();
  const done = bench.complete([], {}, first, [rejection('u')]);
  assert.equal(done.resetHistoryEventId, 3);
  assert.equal(canonical(durableState(bench.run)), before);
  assert.deepEqual(settled(bench), [['u', { failure: { message: 'no' } }]]);
  assert.equal(wakeAtMs(bench.run), undefined);
  assert.equal(updateStatus(bench.run, 'u'), undefined);
  admit(bench, 'v');
  const second = bench.workflowTask();
  assert.equal(second.task.stamp, first.task.stamp);
  const late = { kind: 'completeWorkflowTask', runId: '', task: first.task, request: {}, updateMessages: [] } as const;
  assert.equal(refusal(bench.send(late)).message, 'Workflow task not found.');
  assert.ok(isSpeculative(bench.run));
});

test('a rejection that a command refers to is taken in, and its task is on record', () => {
  const bench = idle();
  admit(bench, 'u');
  const view = bench.workflowTask();
  bench.complete(refer(rejection('u')), { identity: 'worker' }, view, [rejection('u')]);
  assert.deepEqual(settled(bench), [['u', { failure: { message: 'no' } }]]);
  assert.deepEqual(names(bench, 5), TASK);
});

test('the events of a task that was not on record name who ended it', () => {
  const bench = idle();
  admit(bench, 'u');
  const { task } = bench.workflowTask();
  const cause = WorkflowTaskFailedCause.WorkflowWorkerUnhandledFailure;
  const failed = { failure: undefined, identity: 'worker', binaryChecksum: '', workerVersion: undefined };
  bench.ok({ kind: 'failWorkflowTask', runId: '', task, cause, ...failed });
  assert.equal(bench.events()[5]?.workflowTaskStartedEventAttributes?.identity, 'worker');
});

test('a signal writes the events of the task before its own', () => {
  const bench = idle();
  admit(bench, 'u');
  bench.signal('s');
  assert.deepEqual(names(bench, 5), ['WorkflowTaskScheduled', 'WorkflowExecutionSignaled']);
  assert.equal(bench.offers('offerWorkflowTask').at(-1)?.speculative, undefined);
  const view = bench.workflowTask();
  assert.equal(view.updates.length, 1);
  bench.complete([], {}, view, [rejection('u')]);
  assert.deepEqual(names(bench, 7), ['WorkflowTaskStarted', 'WorkflowTaskCompleted']);
});

test('a signal during the task writes its events, and the token still fits', () => {
  const bench = idle();
  admit(bench, 'u');
  const view = bench.workflowTask();
  bench.signal('s');
  assert.deepEqual(names(bench, 5), ['WorkflowTaskScheduled', 'WorkflowTaskStarted']);
  bench.complete([], {}, view, [rejection('u')]);
  assert.deepEqual(names(bench, 7), ['WorkflowTaskCompleted', 'WorkflowExecutionSignaled', 'WorkflowTaskScheduled']);
});

test('a speculative task goes to the sticky queue, and times out from there onto the record', () => {
  const bench = idle(sticky);
  admit(bench, 'u');
  assert.equal(bench.offers('offerWorkflowTask')[0]?.queue, 'sticky');
  bench.advance(9_999);
  assert.equal(bench.history().length, 4);
  bench.advance(1);
  assert.deepEqual(names(bench, 5), ['WorkflowTaskScheduled', 'WorkflowTaskTimedOut', 'WorkflowTaskScheduled']);
  assert.deepEqual(
    bench.offers('offerWorkflowTask').map(({ queue }) => queue),
    ['sticky', 'queue'],
  );
  assert.equal(bench.workflowTask().updates.length, 1);
});

test('on a normal queue it waits for five seconds; at work it has the time of any task', () => {
  const bench = idle();
  admit(bench, 'u');
  bench.advance(5_000);
  assert.deepEqual(names(bench, 5), ['WorkflowTaskScheduled', 'WorkflowTaskTimedOut', 'WorkflowTaskScheduled']);
  const other = idle();
  admit(other, 'u');
  other.workflowTask();
  other.advance(10_000);
  assert.deepEqual(names(other, 5), ['WorkflowTaskScheduled', 'WorkflowTaskStarted', 'WorkflowTaskTimedOut']);
  assert.equal(other.workflowTask().updates.length, 1);
});

test('an update that comes during a task is asked about by the next one', () => {
  const bench = new Bench();
  bench.start();
  const view = bench.workflowTask();
  admit(bench, 'u');
  assert.equal(bench.offers('offerWorkflowTask').length, 0);
  const { nextTask } = bench.complete([], { returnNewWorkflowTask: true }, view);
  assert.ok(isSpeculative(bench.run));
  assert.equal(nextTask?.updates[0]?.updateId, 'u');
  assert.equal(bench.history().length, 4);
  const messages = [acceptance('u')];
  bench.complete(refer(...messages), {}, nextTask as WorkflowTaskView, messages);
  assert.deepEqual(names(bench, 5), [...TASK, 'WorkflowExecutionUpdateAccepted']);
  const other = new Bench();
  other.start();
  const task = other.workflowTask();
  admit(other, 'u');
  other.complete([], {}, task);
  assert.deepEqual(names(other, 5), ['WorkflowTaskScheduled']);
});

test('updates that a worker passes over are rejected, unless it only asks for time', () => {
  const bench = idle();
  admit(bench, 'u');
  const { nextTask } = bench.complete([], { forceCreateNewWorkflowTask: true, returnNewWorkflowTask: true });
  assert.deepEqual(settled(bench), []);
  // It has the update already.
  assert.equal(nextTask?.updates.length, 0);
  bench.complete([command.startTimer('t', 60)], {}, nextTask);
  const [[, outcome] = []] = settled(bench);
  assert.ok(outcome !== undefined && typeof outcome !== 'string' && 'failure' in outcome);
  assert.equal(outcome.failure?.applicationFailureInfo?.type, 'UnprocessedUpdate');
});

test('a worker that only asks for time gets what came since, and another that takes over gets it all', () => {
  const bench = idle();
  admit(bench, 'u');
  const view = bench.workflowTask();
  admit(bench, 'v');
  const request = { forceCreateNewWorkflowTask: true, returnNewWorkflowTask: true };
  const { nextTask } = bench.complete([], request, view);
  const ids = (task: WorkflowTaskView | undefined) => task?.updates.map(({ updateId }) => updateId);
  assert.deepEqual(ids(nextTask), ['v']);
  bench.advance(10_000);
  assert.deepEqual(ids(bench.workflowTask()), ['u', 'v']);
});

test('a task that no worker has had yet leaves nothing behind when its run is ended', () => {
  const bench = idle();
  admit(bench, 'u');
  const terminate = { identity: '', reason: '', details: undefined, links: [], childWorkflowOnly: undefined };
  bench.ok({ kind: 'terminate', runId: '', firstRunId: '', ...terminate });
  assert.deepEqual(names(bench, 5), ['WorkflowExecutionTerminated']);
  const [[, outcome] = []] = settled(bench);
  assert.equal(refusal(outcome).message, 'workflow update was aborted by closing workflow');
});

test('a message that makes no sense fails the task, and those who wait for what was sent are told', () => {
  const cases: [UpdateMessage[], Command[], RegExp][] = [
    [[], refer(acceptance('u')), /referenced absent message ID u\/acceptance/],
    [[acceptance('x')], [], /update x wasn't found on the server/],
    [[response('u')], [], /received \*update\.Response message while in state Sent/],
    [[acceptance('u'), acceptance('u')], [], /while in state ProvisionallyAccepted/],
    [[message('u', { kind: 'acceptance', acceptance: {} })], [], /accepted_request_sequencing_event_id is not set/],
    [[], [{ commandType: CommandType.ProtocolMessage }], /Attributes is not set on ProtocolMessageCommand/],
  ];
  for (const [messages, commands, text] of cases) {
    const bench = idle();
    admit(bench, 'u');
    const { failure } = bench.complete(commands, {}, bench.workflowTask(), messages);
    assert.match(failure?.message ?? '', text);
    const failed = bench.last(EventType.WorkflowTaskFailed).workflowTaskFailedEventAttributes;
    assert.equal(failed?.cause, WorkflowTaskFailedCause.BadUpdateWorkflowExecutionMessage);
    const [[, outcome] = []] = settled(bench);
    assert.match(refusal(outcome).message, /unexpected workflow task failure/);
  }
});

test('an update that the server has forgotten is taken up again with the request that its acceptance carries', () => {
  const bench = idle();
  bench.signal('s');
  const { body } = acceptance('u');
  assert.ok(body.kind === 'acceptance');
  const carrying = message('u', {
    kind: 'acceptance',
    acceptance: { ...body.acceptance, acceptedRequest: request('u') },
  });
  bench.complete([], {}, bench.workflowTask(), [carrying, response('u')]);
  assert.equal(updateStatus(bench.run, 'u')?.stage, 'completed');
});

test('what a worker took up before the server forgot it is on record, not what somebody has asked for since', () => {
  const bench = idle();
  bench.signal('s');
  const task = bench.workflowTask();
  admit(bench, 'u');
  const { body } = acceptance('u');
  assert.ok(body.kind === 'acceptance');
  const acceptedRequest = { ...request('u'), input: { name: 'update', args: payloads('before') } };
  const carrying = message('u', { kind: 'acceptance', acceptance: { ...body.acceptance, acceptedRequest } });
  bench.complete([], {}, task, [carrying]);
  const { acceptedRequest: recorded } =
    bench.last(EventType.WorkflowExecutionUpdateAccepted).workflowExecutionUpdateAcceptedEventAttributes ?? {};
  assert.deepEqual(recorded, acceptedRequest);
});

test('a run that closes fails what it has accepted and aborts what it has not seen', () => {
  const bench = idle();
  admit(bench, 'u');
  const messages = [acceptance('u')];
  bench.complete(refer(...messages), {}, bench.workflowTask(), messages);
  admit(bench, 'v');
  const terminate = { identity: '', reason: '', details: undefined, links: [], childWorkflowOnly: undefined };
  bench.ok({ kind: 'terminate', runId: '', firstRunId: '', ...terminate });
  const outcomes = new Map(settled(bench) as [string, unknown][]);
  assert.equal(refusal(outcomes.get('v')).message, 'workflow update was aborted by closing workflow');
  assert.deepEqual(outcomes.get('u'), updateStatus(bench.run, 'u')?.outcome);
  assert.equal(refusal(admit(bench, 'w')).message, 'workflow execution already completed');
  assert.equal((admit(bench, 'u') as { stage: string }).stage, 'completed');
});

test('updates are limited, at a time and in all', () => {
  const bench = idle({}, { limits: { updatesInFlightMax: 2, updatesMax: 3 } });
  admit(bench, 'a');
  admit(bench, 'b');
  const busy = refusal(admit(bench, 'c'));
  assert.equal(busy.status, GrpcStatus.ResourceExhausted);
  assert.equal(busy.message, 'limit on number of concurrent in-flight updates has been reached (2)');
  assert.equal((admit(bench, 'a') as { stage: string }).stage, 'admitted');
  const both = [acceptance('a'), response('a'), acceptance('b'), response('b')];
  bench.complete(refer(...both), {}, bench.workflowTask(), both);
  admit(bench, 'c');
  const third = bench.workflowTask();
  const [, started] = third.transientEvents;
  assert.deepEqual(started?.workflowTaskStartedEventAttributes?.suggestContinueAsNewReasons, [
    SuggestContinueAsNewReason.TooManyUpdates,
  ]);
  const last = [acceptance('c'), response('c')];
  bench.complete(refer(...last), {}, third, last);
  assert.match(
    refusal(admit(bench, 'd')).message,
    /total number of distinct updates in this workflow has been reached \(3\)/,
  );
});

test('a limit of 0 is none', () => {
  const none = { updatesInFlightMax: 0, updatesInFlightSizeBytesMax: 0, updatesMax: 0 };
  const bench = idle({}, { limits: none });
  assert.equal((admit(bench, 'a') as { stage: string }).stage, 'admitted');
  const [, started] = bench.workflowTask().transientEvents;
  assert.equal(started?.workflowTaskStartedEventAttributes?.suggestContinueAsNew, false);
});

test('a run whose workflow task keeps failing takes no update', () => {
  const bench = new Bench();
  bench.start();
  for (let attempt = 0; attempt < 2; attempt++) {
    const { task } = bench.workflowTask();
    const cause = WorkflowTaskFailedCause.WorkflowWorkerUnhandledFailure;
    const failed = { failure: undefined, identity: '', binaryChecksum: '', workerVersion: undefined };
    bench.ok({ kind: 'failWorkflowTask', runId: '', task, cause, ...failed });
  }
  assert.match(refusal(admit(bench, 'u')).message, /due to Workflow Task in failed state/);
});

test('a worker that is gone before it gets the task leaves it to another, on record', () => {
  const bench = idle(sticky);
  admit(bench, 'u');
  const { task } = bench.workflowTask();
  bench.ok({ kind: 'returnTask', runId: '', task: 'workflow', scheduledEventId: 5, stamp: task.stamp });
  assert.deepEqual(names(bench, 5), ['WorkflowTaskScheduled', 'WorkflowTaskStarted']);
  const again = bench.workflowTask();
  assert.equal(again.updates.length, 1);
  bench.complete([], {}, again, [rejection('u')]);
  assert.deepEqual(names(bench, 7), ['WorkflowTaskCompleted']);
});

test('what comes to a run whose worker is gone is in the history, and the next worker is asked all the same', () => {
  const bench = idle(sticky);
  admit(bench, 'u');
  const { task } = bench.workflowTask();
  bench.ok({ kind: 'returnTask', runId: '', task: 'workflow', scheduledEventId: 5, stamp: task.stamp });
  bench.signal('no worker');
  assert.deepEqual(names(bench, 7), ['WorkflowTaskTimedOut', 'WorkflowExecutionSignaled', 'WorkflowTaskScheduled']);
  assert.equal(bench.workflowTask().updates.length, 1);
});

test('an update does not wait for the delay of the first workflow task', () => {
  const bench = new Bench();
  bench.start({ workflowStartDelay: { seconds: 60 } });
  admit(bench, 'u');
  bench.advance(2_000);
  const view = bench.workflowTask();
  bench.advance(58_000);
  assert.ok(view.updates.length === 1 && bench.run.lifecycle.firstTaskScheduled);
});

test('a speculative task leaves nothing behind in a run that was read from its snapshot', () => {
  const { scheduleToStartTimeoutMs, ...task } = idle().run.task;
  assert.equal(scheduleToStartTimeoutMs, undefined);
  // What was undefined is absent from what a store gives back.
  const run = restoreRun({ ...durableState(idle().run), task: task as WorkflowTask });
  const timing = { atMs: 0, startToCloseTimeoutMs: 10_000, scheduleToStartTimeoutMs: 5_000 };
  applyFleeting(run, { kind: 'taskSpeculated', ...timing, queue: 'sticky', sticky: true, ticket: 't' });
  applyFleeting(run, { kind: 'speculationEnded' });
  assert.equal(run.task.scheduleToStartTimeoutMs, undefined);
});

test('update with start asks a new run with its first task, or the run that there is', () => {
  const bench = new Bench();
  const start = { workflowId: 'workflow', workflowType: { name: 'W' }, taskQueue: { name: 'queue' } };
  const send = (requestId: string, updateId: string, workflowIdConflictPolicy: WorkflowIdConflictPolicy) =>
    bench.ok({
      kind: 'startWithUpdate',
      start: {
        kind: 'start',
        request: { ...start, requestId, workflowIdConflictPolicy },
        signal: undefined,
        parent: undefined,
      },
      update: { updateId, request: request(updateId) },
    });
  const first = send('r1', 'u', WorkflowIdConflictPolicy.Fail);
  assert.ok('start' in first && first.start.started && first.update.stage === 'admitted');
  assert.deepEqual(names(bench, 1), ['WorkflowExecutionStarted', 'WorkflowTaskScheduled']);
  const again = send('r1', 'u', WorkflowIdConflictPolicy.Fail);
  assert.ok('start' in again && !again.start.started && again.start.runId === first.runId);
  const refused = send('r2', 'v', WorkflowIdConflictPolicy.Fail);
  assert.ok('refusal' in refused && refused.refusedBy === 'start');
  assert.equal(refused.refusal.status, GrpcStatus.AlreadyExists);
  const joined = send('r3', 'v', WorkflowIdConflictPolicy.UseExisting);
  assert.ok('start' in joined && joined.start.runId === first.runId);
  const view = bench.workflowTask();
  assert.deepEqual(
    view.updates.map(({ updateId }) => updateId),
    ['u', 'v'],
  );
});

test('update with start does not start a workflow that would not take the update', () => {
  const bench = new Bench({ limits: { updatesInFlightSizeBytesMax: 10 } });
  const workflow = { workflowId: 'workflow', workflowType: { name: 'W' }, taskQueue: { name: 'queue' } };
  const reply = bench.ok({
    kind: 'startWithUpdate',
    start: { kind: 'start', request: { ...workflow, requestId: 'r' }, signal: undefined, parent: undefined },
    update: {
      updateId: 'u',
      request: { meta: { updateId: 'u' }, input: { name: 'n', args: payloads('x'.repeat(20)) } },
    },
  });
  assert.ok('refusal' in reply && reply.refusedBy === 'update');
  assert.match(reply.refusal.message, /total payload size of in-flight updates/);
  assert.equal(bench.workflow.current, undefined);
});
