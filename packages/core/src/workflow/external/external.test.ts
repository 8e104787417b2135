import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CancelExternalWorkflowExecutionFailedCause,
  EventType,
  SignalExternalWorkflowExecutionFailedCause,
  WorkflowExecutionStatus,
  WorkflowTaskFailedCause,
} from '@perdure/proto/enums';
import type { Command } from '@perdure/proto/types';
import { reject } from '../../kernel/rejection.ts';
import type { Limits } from '../../kernel/limits.ts';
import { Family, outward } from '../testing-family.ts';
import { payloads, payloadsOf } from '../testing.ts';

function pair(limits: Partial<Limits> = {}) {
  const family = new Family(limits);
  const sender = family.member('sender');
  const peer = family.member('peer');
  sender.start();
  return { family, sender, peer };
}

test('a signal arrives, and its sender hears of it', () => {
  const { family, sender, peer } = pair();
  peer.start();
  const { runId } = peer.run;
  sender.complete([
    outward.signal('peer', { execution: { workflowId: 'peer', runId }, input: payloads('hello'), control: 'c' }),
  ]);
  assert.deepEqual(family.deliver(), ['sender external:5 signal -> peer']);
  assert.deepEqual(sender.history(5), [
    '5 SignalExternalWorkflowExecutionInitiated',
    '6 ExternalWorkflowExecutionSignaled',
    '7 WorkflowTaskScheduled',
  ]);
  const initiated = sender.last(EventType.SignalExternalWorkflowExecutionInitiated);
  assert.equal(initiated.signalExternalWorkflowExecutionInitiatedEventAttributes?.namespaceId, 'namespace-id');
  assert.deepEqual(
    sender.last(EventType.ExternalWorkflowExecutionSignaled).externalWorkflowExecutionSignaledEventAttributes,
    {
      initiatedEventId: 5,
      namespace: 'default',
      namespaceId: 'namespace-id',
      workflowExecution: { workflowId: 'peer', runId },
      control: 'c',
    },
  );
  const signaled = peer.last(EventType.WorkflowExecutionSignaled).workflowExecutionSignaledEventAttributes;
  assert.equal(signaled?.signalName, 'poke');
  assert.equal(signaled?.identity, 'history-service');
  assert.deepEqual(signaled?.input, payloads('hello'));
  assert.deepEqual(signaled?.externalWorkflowExecution, { workflowId: 'sender', runId: sender.run.runId });
});

test('a cancel request arrives, and its sender hears of it', () => {
  const { family, sender, peer } = pair();
  peer.start();
  sender.complete([outward.cancel('peer', { reason: 'enough' })]);
  assert.deepEqual(family.deliver(), ['sender external:5 requestCancel -> peer']);
  assert.deepEqual(sender.history(5), [
    '5 RequestCancelExternalWorkflowExecutionInitiated',
    '6 ExternalWorkflowExecutionCancelRequested',
    '7 WorkflowTaskScheduled',
  ]);
  const requested = peer.last(EventType.WorkflowExecutionCancelRequested);
  assert.deepEqual(requested.workflowExecutionCancelRequestedEventAttributes, {
    cause: 'enough',
    identity: 'history-service',
    externalWorkflowExecution: { workflowId: 'sender', runId: sender.run.runId },
    externalInitiatedEventId: 5,
  });
});

test('a signal that is delivered twice is recorded once', () => {
  const { family, sender, peer } = pair();
  peer.start();
  sender.complete([outward.signal('peer')]);
  const [mail] = family.takeMail();
  assert.ok(mail);
  family.hand(mail);
  family.deliver([mail]);
  assert.equal(peer.history().filter((line) => line.endsWith('WorkflowExecutionSignaled')).length, 1);
  sender.ok({ kind: 'settle', runId: '', key: 'external:5', answer: { runId: peer.run.runId } });
  assert.deepEqual(sender.history(6), ['6 ExternalWorkflowExecutionSignaled', '7 WorkflowTaskScheduled']);
});

test('an answer that comes while a workflow task runs waits for its end', () => {
  const { family, sender, peer } = pair();
  peer.start();
  sender.complete([outward.signal('peer')], { forceCreateNewWorkflowTask: true });
  const task = sender.workflowTask();
  family.deliver();
  assert.equal(sender.history().at(-1), '7 WorkflowTaskStarted');
  sender.complete([], {}, task);
  assert.deepEqual(sender.history(8), [
    '8 WorkflowTaskCompleted',
    '9 ExternalWorkflowExecutionSignaled',
    '10 WorkflowTaskScheduled',
  ]);
});

test('nobody is there, or nobody any more', () => {
  const { family, sender, peer } = pair();
  peer.start();
  peer.complete([outward.complete()]);
  sender.complete([outward.signal('nobody'), outward.cancel('nobody'), outward.signal('peer'), outward.cancel('peer')]);
  family.deliver();
  assert.deepEqual(sender.history(9), [
    '9 SignalExternalWorkflowExecutionFailed',
    '10 WorkflowTaskScheduled',
    '11 RequestCancelExternalWorkflowExecutionFailed',
    '12 SignalExternalWorkflowExecutionFailed',
    '13 ExternalWorkflowExecutionCancelRequested',
  ]);
  const signal = sender.last(EventType.SignalExternalWorkflowExecutionFailed);
  const cancel = sender.last(EventType.RequestCancelExternalWorkflowExecutionFailed);
  assert.equal(
    signal.signalExternalWorkflowExecutionFailedEventAttributes?.cause,
    SignalExternalWorkflowExecutionFailedCause.ExternalWorkflowExecutionNotFound,
  );
  assert.equal(
    cancel.requestCancelExternalWorkflowExecutionFailedEventAttributes?.cause,
    CancelExternalWorkflowExecutionFailedCause.ExternalWorkflowExecutionNotFound,
  );
});

test('no workflow reaches itself, in whichever run', () => {
  const { family, sender } = pair();
  const runId = '00000000-0000-4000-8000-00000000ffff';
  sender.complete([outward.signal('sender'), outward.cancel('sender', { runId })]);
  assert.deepEqual(family.deliver(), ['sender external:5 settle -> sender', 'sender external:6 settle -> sender']);
  assert.deepEqual(sender.history(5), [
    '5 SignalExternalWorkflowExecutionInitiated',
    '6 RequestCancelExternalWorkflowExecutionInitiated',
    '7 SignalExternalWorkflowExecutionFailed',
    '8 WorkflowTaskScheduled',
    '9 RequestCancelExternalWorkflowExecutionFailed',
  ]);
  const failed = sender.last(EventType.SignalExternalWorkflowExecutionFailed);
  assert.equal(
    failed.signalExternalWorkflowExecutionFailedEventAttributes?.cause,
    SignalExternalWorkflowExecutionFailedCause.ExternalWorkflowExecutionNotFound,
  );
});

test('one signal too many, and a namespace that is gone, have causes of their own', () => {
  const { family, sender, peer } = pair({ signalsMax: 1 });
  peer.start();
  peer.signal('first');
  sender.complete([outward.signal('peer'), outward.signal('far'), outward.cancel('far')]);
  family.deliver(family.takeMail().slice(0, 1));
  const gone = reject.namespaceNotFound('default');
  sender.ok({ kind: 'settle', runId: '', key: 'external:6', answer: gone });
  sender.ok({ kind: 'settle', runId: '', key: 'external:7', answer: gone });
  const causes = sender
    .events()
    .flatMap((event) => [
      event.signalExternalWorkflowExecutionFailedEventAttributes?.cause ?? [],
      event.requestCancelExternalWorkflowExecutionFailedEventAttributes?.cause ?? [],
    ]);
  assert.deepEqual(causes.flat(), [
    SignalExternalWorkflowExecutionFailedCause.SignalCountLimitExceeded,
    SignalExternalWorkflowExecutionFailedCause.NamespaceNotFound,
    CancelExternalWorkflowExecutionFailedCause.NamespaceNotFound,
  ]);
});

test('for children only: a workflow that is no child of the sender does not get it', () => {
  const { family, sender, peer } = pair();
  peer.start();
  sender.complete([
    outward.startChild('child'),
    outward.signal('child', { childWorkflowOnly: true }),
    outward.signal('peer', { childWorkflowOnly: true }),
  ]);
  family.deliver();
  assert.deepEqual(sender.history(8), [
    '8 ChildWorkflowExecutionStarted',
    '9 WorkflowTaskScheduled',
    '10 ExternalWorkflowExecutionSignaled',
    '11 SignalExternalWorkflowExecutionFailed',
  ]);
  assert.deepEqual(peer.history(3), []);
});

test('what is on its way when the sender closes is forgotten', () => {
  const { family, sender, peer } = pair();
  peer.start();
  sender.complete([outward.signal('peer'), outward.complete()]);
  assert.deepEqual(family.deliver(), []);
  sender.ok({ kind: 'settle', runId: '', key: 'external:5', answer: { runId: peer.run.runId } });
  assert.deepEqual(sender.history(5), ['5 SignalExternalWorkflowExecutionInitiated', '6 WorkflowExecutionCompleted']);
});

test('commands that cannot be carried out fail the workflow task', () => {
  const signalOn = 'SignalExternalWorkflowExecutionCommand';
  const cancelOn = 'RequestCancelExternalWorkflowExecutionCommand';
  const signal = 'BadSignalWorkflowExecutionAttributes';
  const cancel = 'BadRequestCancelExternalWorkflowExecutionAttributes';
  const cases: [Command[], string][] = [
    [[outward.signal('peer', { execution: undefined })], `${signal}: Execution is not set on ${signalOn}.`],
    [[outward.signal('')], `${signal}: WorkflowId is not set on ${signalOn}. Namespace= RunId= SignalName=poke`],
    [
      [outward.signal('peer', { signalName: '' })],
      `${signal}: SignalName is not set on ${signalOn}. WorkflowId=peer Namespace= RunId=`,
    ],
    [
      [outward.signal('peer', { execution: { workflowId: 'peer', runId: 'x' } })],
      `${signal}: Invalid RunId set on ${signalOn}. WorkflowId=peer Namespace= RunId=x SignalName=poke`,
    ],
    [[outward.signal('peer', { namespace: 'other' })], `${signal}: cross namespace commands are not allowed`],
    [[outward.cancel('')], `${cancel}: WorkflowId is not set on ${cancelOn}. Namespace= RunId=`],
    [
      [outward.cancel('peer', { runId: 'x' })],
      `${cancel}: Invalid RunId set on ${cancelOn}. WorkflowId=peer RunId=x Namespace=`,
    ],
    [
      [outward.startChild('child'), outward.cancel('child')],
      `${cancel}: Start and RequestCancel for child workflow is not allowed in same workflow task. WorkflowId=child RunId= Namespace=`,
    ],
  ];
  for (const [commands, message] of cases) {
    const { sender } = pair();
    assert.equal(sender.complete(commands).failure?.message, message);
    assert.equal(sender.run.externals.size, 0);
  }
});

test('what is on its way is limited, each kind for itself', () => {
  const { family, sender, peer } = pair({ pendingSignalsMax: 2, pendingCancelRequestsMax: 2 });
  peer.start();
  sender.complete([outward.signal('peer'), outward.signal('peer'), outward.cancel('peer')]);
  sender.signal('wake up');
  const refused = sender.complete([outward.signal('peer')]);
  assert.equal(
    refused.failure?.message,
    'PendingSignalsLimitExceeded: the number of pending signals to external workflows, 2, has reached the per-workflow limit of 2',
  );
  const failed = sender.last(EventType.WorkflowTaskFailed).workflowTaskFailedEventAttributes;
  assert.equal(failed?.cause, WorkflowTaskFailedCause.PendingSignalsLimitExceeded);
  sender.complete([]);
  sender.signal('wake up');
  const second = sender.complete([outward.cancel('peer'), outward.cancel('peer')]);
  assert.equal(
    second.failure?.message,
    'PendingRequestCancelLimitExceeded: the number of pending requests to cancel external workflows, 2, has reached the per-workflow limit of 2',
  );
  sender.complete([]);
  family.deliver();
  const three = [outward.signal('peer'), outward.signal('peer'), outward.signal('peer')];
  assert.equal(sender.complete(three).failure?.message, refused.failure?.message);
  sender.complete([]);
  sender.signal('wake up');
  assert.equal(sender.complete([outward.signal('peer'), outward.cancel('peer')]).failure, undefined);
});

test('a limit of 0 is none', () => {
  const { sender } = pair({ pendingSignalsMax: 0, pendingCancelRequestsMax: 0 });
  assert.equal(sender.complete([outward.signal('peer'), outward.cancel('peer')]).failure, undefined);
});

test('an input that no history may hold ends the sender', () => {
  const { sender } = pair({ blobSizeBytesMax: 100 });
  const { failure } = sender.complete([outward.signal('peer', { input: payloadsOf(101) })]);
  assert.equal(
    failure?.message,
    'BadSignalWorkflowExecutionAttributes: SignalExternalWorkflowExecutionCommandAttributes.Input exceeds size limit.',
  );
  assert.equal(sender.run.lifecycle.status, WorkflowExecutionStatus.Terminated);
});
