import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallbackState, CommandType, EventType, ResetReapplyExcludeType } from '@perdure/proto/enums';
import type { UpdateRequest } from '@perdure/proto/types';
import type { OutsideCall } from '../../aggregate/delivery.ts';
import { reject } from '../../kernel/rejection.ts';
import { owes } from '../outbox.ts';
import type { Run } from '../run.ts';
import { outward } from '../testing-family.ts';
import { terminateOf } from '../testing-requests.ts';
import { Bench, command, payloads } from '../testing.ts';
import type { UpdateMessage, UpdateMessageBody } from '../update/messages.ts';
import { CLOSED_BEFORE_COMPLETION } from '../update/closed-before-completion.ts';
import { wakeAtMs } from '../wake.ts';
import { describeCallbacks } from './callback.ts';

const LINK = { workflowEvent: { namespace: 'other', workflowId: 'caller', runId: 'run' } };

function callback(name: string) {
  return { nexus: { url: `http://there/${name}` }, links: [LINK] };
}

function requestOf(updateId: string, requestId: string): UpdateRequest {
  const input = { name: 'update' };
  return { meta: { updateId }, input, requestId, completionCallbacks: [callback(requestId)] };
}

function update(bench: Bench, updateId: string, requestId: string) {
  const request = requestOf(updateId, requestId);
  return bench.send({ kind: 'admitUpdate', runId: '', firstRunId: '', updateId, request });
}

function message(updateId: string, body: UpdateMessageBody): UpdateMessage {
  return { id: `${updateId}/${body.kind}`, updateId, sizeBytes: 10, body };
}

function acceptance(updateId: string): UpdateMessage {
  const ids = { acceptedRequestMessageId: `${updateId}/request`, acceptedRequestSequencingEventId: 5 };
  return message(updateId, { kind: 'acceptance', acceptance: ids });
}

function response(updateId: string): UpdateMessage {
  return message(updateId, {
    kind: 'response',
    response: { meta: { updateId }, outcome: { success: payloads('done') } },
  });
}

function rejection(updateId: string): UpdateMessage {
  return message(updateId, { kind: 'rejection', rejection: { failure: { message: 'no' } } });
}

function answerTask(bench: Bench, messages: readonly UpdateMessage[], task = bench.workflowTask()): void {
  const commands = messages.map(({ id }) => ({
    commandType: CommandType.ProtocolMessage,
    protocolMessageCommandAttributes: { messageId: id },
  }));
  bench.complete(commands, {}, task, messages);
}

/** An idle run of four events, on a server where updates call back. */
function idle(limits: Bench['limits'] | object = {}): Bench {
  const bench = new Bench({ limits: { updateCallbacks: true, ...limits } });
  bench.start();
  bench.complete([]);
  bench.effects = [];
  return bench;
}

/** Takes what has to go out. */
function calls(bench: Bench): OutsideCall[] {
  const taken = bench.effects.flatMap((effect) =>
    effect.kind === 'deliver' && 'call' in effect.delivery ? [effect.delivery] : [],
  );
  bench.effects = bench.effects.filter(({ kind }) => kind !== 'deliver');
  return taken;
}

function told(bench: Bench) {
  return calls(bench).map(({ call: { url, end } }) => [url, 'outcome' in end ? end.outcome : end.eventType]);
}

function states(run: Run): CallbackState[] {
  return (run.callbacks ?? []).map(({ progress }) => progress.state);
}

test('whoever asked for an update is told of its outcome while the run goes on, again if it has to be', () => {
  const bench = idle();
  update(bench, 'u', 'first');
  answerTask(bench, [acceptance('u')]);
  assert.deepEqual(calls(bench), []);
  assert.deepEqual(bench.last(EventType.WorkflowExecutionUpdateAccepted).links, [LINK]);
  assert.deepEqual(describeCallbacks(bench.run)[0]?.trigger, { updateWorkflowExecutionCompleted: { updateId: 'u' } });
  bench.signal('go on');
  answerTask(bench, [response('u')]);
  const [call] = calls(bench);
  assert.equal(call?.key, 'callback:update:u/first-0');
  assert.deepEqual(call.call.end, { outcome: { success: payloads('done') }, endedAtMs: bench.nowMs });
  const { eventType } = call.call.about?.requestIdRef ?? {};
  assert.equal(eventType, EventType.WorkflowExecutionUpdateAccepted);
  assert.equal(owes(bench.run), true);
  bench.ok({ kind: 'settle', runId: '', key: call.key, answer: reject.unavailable('not now') });
  assert.equal(owes(bench.run), false);
  assert.equal(wakeAtMs(bench.run), bench.nowMs + 800);
  bench.advance(800);
  const [again] = calls(bench);
  assert.deepEqual(again?.call.end, call.call.end);
  bench.ok({ kind: 'settle', runId: '', key: call.key, answer: { runId: '' } });
  assert.deepEqual(states(bench.run), [CallbackState.Succeeded]);
  assert.equal(bench.run.callbacks?.[0]?.news, undefined);
  assert.equal(wakeAtMs(bench.run), undefined);
  bench.ok(terminateOf());
  assert.deepEqual(calls(bench), []);
});

test('where updates do not call back, the history has the callbacks and nobody is called', () => {
  const bench = idle({ updateCallbacks: false });
  update(bench, 'u', 'first');
  answerTask(bench, [acceptance('u'), response('u')]);
  const { acceptedRequest } =
    bench.last(EventType.WorkflowExecutionUpdateAccepted).workflowExecutionUpdateAcceptedEventAttributes ?? {};
  assert.deepEqual(acceptedRequest, requestOf('u', 'first'));
  assert.deepEqual(calls(bench), []);
  assert.equal(bench.run.callbacks, undefined);
});

test('who asks for the same update later is called as well, once for each request', () => {
  const bench = idle();
  update(bench, 'u', 'first');
  const task = bench.workflowTask();
  for (const requestId of ['first', 'second', 'second']) update(bench, 'u', requestId);
  answerTask(bench, [acceptance('u')], task);
  for (const requestId of ['second', 'third', 'third']) update(bench, 'u', requestId);
  assert.deepEqual(bench.history(8), [
    '8 WorkflowExecutionUpdateAccepted',
    '9 WorkflowExecutionOptionsUpdated',
    '10 WorkflowExecutionOptionsUpdated',
  ]);
  const { workerMayIgnore, workflowExecutionOptionsUpdatedEventAttributes: third } = bench.last(
    EventType.WorkflowExecutionOptionsUpdated,
  );
  assert.equal(workerMayIgnore, true);
  assert.deepEqual(third?.workflowUpdateOptions, [
    { updateId: 'u', attachedRequestId: 'third', attachedCompletionCallbacks: [callback('third')] },
  ]);
  assert.deepEqual(bench.run.lifecycle.requestIds.get('third'), {
    eventType: EventType.WorkflowExecutionOptionsUpdated,
    eventId: 10,
  });
  bench.signal('go on');
  answerTask(bench, [response('u')]);
  const urls = calls(bench).map(({ call }) => call.url);
  assert.deepEqual(urls, ['http://there/first', 'http://there/second', 'http://there/third']);
  update(bench, 'u', 'fourth');
  assert.deepEqual([calls(bench), bench.run.callbacks?.length], [[], 3]);
});

test('an update that is rejected tells nobody but its caller', () => {
  const bench = idle();
  update(bench, 'u', 'first');
  answerTask(bench, [rejection('u')]);
  assert.deepEqual([calls(bench), bench.run.callbacks], [[], undefined]);
});

test('a run that ends or is continued ends its updates; the callbacks of the chain go on', () => {
  const bench = new Bench({ limits: { updateCallbacks: true } });
  const first = bench.start({ completionCallbacks: [callback('chain')] });
  bench.complete([]);
  update(bench, 'u', 'first');
  answerTask(bench, [acceptance('u')]);
  bench.signal('go on');
  bench.complete([outward.continueAsNew()]);
  assert.deepEqual(told(bench), [['http://there/first', { failure: CLOSED_BEFORE_COMPLETION }]]);
  assert.deepEqual(states(first), [CallbackState.Standby, CallbackState.Scheduled]);
  assert.deepEqual(
    bench.run.callbacks?.map(({ callback: { nexus } }) => nexus?.url),
    ['http://there/chain'],
  );
  bench.ok({ kind: 'settle', runId: first.runId, key: 'callback:update:u/first-0', answer: { runId: '' } });
  assert.equal(owes(first), false);
});

test('over a reset the callbacks stay with their updates, and are told by the new run', () => {
  const bench = idle();
  update(bench, 'before', 'a');
  answerTask(bench, [acceptance('before')]);
  update(bench, 'after', 'b');
  answerTask(bench, [acceptance('after')]);
  update(bench, 'after', 'c');
  bench.reset(10);
  assert.deepEqual(told(bench), []);
  assert.deepEqual(states(bench.run), [CallbackState.Standby, CallbackState.Standby, CallbackState.Standby]);
  answerTask(bench, [rejection('after'), response('before')]);
  assert.deepEqual(told(bench).slice(-3), [
    ['http://there/a', { success: payloads('done') }],
    ['http://there/b', { failure: { message: 'no' } }],
    ['http://there/c', { failure: { message: 'no' } }],
  ]);
  const [, rejected] = bench.run.callbacks ?? [];
  assert.equal(rejected?.news?.endedAtMs, undefined);
});

test('all callbacks of one request go over a reset', () => {
  const bench = idle();
  const completionCallbacks = [callback('one'), callback('two')];
  const request = { ...requestOf('u', 'a'), completionCallbacks };
  bench.send({ kind: 'admitUpdate', runId: '', firstRunId: '', updateId: 'u', request });
  answerTask(bench, [acceptance('u')]);
  bench.signal('go on');
  bench.complete([]);
  bench.reset(12);
  answerTask(bench, [response('u')]);
  const urls = calls(bench).map(({ call }) => call.url);
  assert.deepEqual(urls, ['http://there/one', 'http://there/two']);
});

test('an update that a reset leaves behind ends with its run', () => {
  const bench = idle();
  update(bench, 'u', 'a');
  answerTask(bench, [acceptance('u')]);
  bench.reset(4, { excluded: new Set([ResetReapplyExcludeType.Update]) });
  assert.deepEqual(told(bench), [['http://there/a', { failure: CLOSED_BEFORE_COMPLETION }]]);
  assert.equal(bench.run.callbacks, undefined);
});

test('a run, and an update, have so many callbacks and no more', () => {
  const bench = idle({ updateCallbacksRunMax: 3, updateCallbacksMax: 2 });
  update(bench, 'u', 'first');
  update(bench, 'u', 'second');
  assert.deepEqual(
    update(bench, 'u', 'third'),
    reject.failedPrecondition('cannot attach more than 2 callbacks to update "u" (2 callbacks already attached)'),
  );
  answerTask(bench, [acceptance('u')]);
  update(bench, 'v', 'fourth');
  assert.deepEqual(
    update(bench, 'w', 'fifth'),
    reject.failedPrecondition('cannot attach more than 3 callbacks to a workflow (3 callbacks already attached)'),
  );
});

test('an outcome that is told while a timer runs does not keep the timer from firing', () => {
  const bench = idle();
  update(bench, 'u', 'first');
  bench.complete([command.startTimer('t', 5)], {}, bench.workflowTask(), [acceptance('u'), response('u')]);
  const [call] = calls(bench);
  bench.ok({ kind: 'settle', runId: '', key: call?.key ?? 'parent', answer: reject.unavailable('not now') });
  bench.advance(800);
  assert.equal(calls(bench).length, 1);
  bench.advance(5_000);
  assert.equal(bench.last(EventType.TimerFired).timerFiredEventAttributes?.timerId, 't');
});
