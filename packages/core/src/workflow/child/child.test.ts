import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  EventType,
  ParentClosePolicy,
  RetryState,
  StartChildWorkflowExecutionFailedCause,
  WorkflowExecutionStatus,
  WorkflowIdReusePolicy,
} from '@perdure/proto/enums';
import type { HistoryEvent } from '@perdure/proto/types';
import { reject } from '../../kernel/rejection.ts';
import { Family, outward } from '../testing-family.ts';
import { payloads } from '../testing.ts';
import { describePendingChildren } from './pending-child.ts';

function parentWithChild(family: Family) {
  const parent = family.member('parent');
  const child = family.member('child');
  parent.start();
  parent.complete([outward.startChild('child')]);
  family.deliver();
  return { parent, child };
}

test('a child starts, completes, and the parent hears of both', () => {
  const family = new Family();
  const parent = family.member('parent');
  const child = family.member('child');
  parent.start();
  parent.complete([outward.startChild('child')]);
  assert.deepEqual(parent.history(5), ['5 StartChildWorkflowExecutionInitiated']);

  assert.deepEqual(family.deliver(), ['parent child:5 start -> child']);
  assert.deepEqual(parent.history(6), ['6 ChildWorkflowExecutionStarted', '7 WorkflowTaskScheduled']);
  assert.deepEqual(parent.last(EventType.ChildWorkflowExecutionStarted).childWorkflowExecutionStartedEventAttributes, {
    namespace: 'default',
    namespaceId: 'namespace-id',
    initiatedEventId: 5,
    workflowExecution: { workflowId: 'child', runId: child.run.runId },
    workflowType: { name: 'Child' },
    header: undefined,
  });

  child.complete([outward.complete({ result: payloads('done') })]);
  assert.deepEqual(family.deliver(), ['child parent childClosed -> parent']);
  assert.deepEqual(parent.history(8), ['8 ChildWorkflowExecutionCompleted']);
  assert.deepEqual(parent.events()[7]?.childWorkflowExecutionCompletedEventAttributes, {
    namespace: 'default',
    namespaceId: 'namespace-id',
    workflowExecution: { workflowId: 'child', runId: child.run.runId },
    workflowType: { name: 'Child' },
    initiatedEventId: 5,
    startedEventId: 6,
    result: payloads('done'),
  });
  assert.equal(parent.run.children.size, 0);
});

test('what the command leaves open is worked out, and the child knows its family', () => {
  const family = new Family();
  const parent = family.member('parent');
  const child = family.member('child');
  const grandchild = family.member('grandchild');
  parent.start({ priority: { priorityKey: 3, fairnessKey: 'parent' } });
  parent.complete([
    {
      ...outward.startChild('child', {
        workflowExecutionTimeout: { seconds: 100 },
        workflowRunTimeout: { seconds: 200 },
        priority: { fairnessKey: 'child' },
        retryPolicy: {},
        memo: { fields: { kept: payloads('x').payloads?.[0] ?? {}, dropped: emptyList() } },
      }),
      userMetadata: { summary: payloads('what for').payloads?.[0] },
    },
  ]);
  const initiated = parent.last(EventType.StartChildWorkflowExecutionInitiated);
  const recorded = initiated.startChildWorkflowExecutionInitiatedEventAttributes;
  assert.deepEqual(recorded?.taskQueue, { name: 'queue', kind: 1 });
  assert.deepEqual(recorded?.workflowRunTimeout, { seconds: 100 });
  assert.deepEqual(recorded?.workflowTaskTimeout, { seconds: 10, nanos: 0 });
  assert.equal(recorded?.parentClosePolicy, ParentClosePolicy.Terminate);
  assert.equal(recorded?.retryPolicy?.backoffCoefficient, 2);
  assert.deepEqual(Object.keys(recorded?.memo?.fields ?? {}), ['kept']);

  family.deliver();
  const started = child.last(EventType.WorkflowExecutionStarted);
  const attributes = started.workflowExecutionStartedEventAttributes;
  assert.deepEqual(started.userMetadata, initiated.userMetadata);
  assert.equal(attributes?.parentInitiatedEventId, 5);
  assert.equal(attributes?.parentWorkflowNamespace, 'default');
  assert.deepEqual(attributes?.parentWorkflowExecution, { workflowId: 'parent', runId: parent.run.runId });
  assert.deepEqual(attributes?.rootWorkflowExecution, { workflowId: 'parent', runId: parent.run.runId });
  assert.deepEqual(attributes?.priority, { priorityKey: 3, fairnessKey: 'child', fairnessWeight: undefined });

  child.complete([outward.startChild('grandchild')]);
  family.deliver();
  const grand = grandchild.last(EventType.WorkflowExecutionStarted).workflowExecutionStartedEventAttributes;
  assert.deepEqual(grand?.parentWorkflowExecution, { workflowId: 'child', runId: child.run.runId });
  assert.deepEqual(grand?.rootWorkflowExecution, { workflowId: 'parent', runId: parent.run.runId });
});

function emptyList() {
  return { metadata: { encoding: ascii('json/plain') }, data: ascii('[]') };
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

test('a child whose id is in use is refused, and the parent is told', () => {
  const family = new Family();
  const parent = family.member('parent');
  family.member('child').start();
  parent.start();
  parent.complete([outward.startChild('child', { control: 'c' })]);
  family.deliver();
  assert.deepEqual(parent.history(5), [
    '5 StartChildWorkflowExecutionInitiated',
    '6 StartChildWorkflowExecutionFailed',
    '7 WorkflowTaskScheduled',
  ]);
  const failed = parent.last(EventType.StartChildWorkflowExecutionFailed);
  assert.deepEqual(failed.startChildWorkflowExecutionFailedEventAttributes, {
    namespace: 'default',
    namespaceId: 'namespace-id',
    workflowId: 'child',
    workflowType: { name: 'Child' },
    cause: StartChildWorkflowExecutionFailedCause.WorkflowAlreadyExists,
    control: 'c',
    initiatedEventId: 5,
  });
  assert.equal(parent.run.children.size, 0);
  assert.equal(parent.run.externals.size, 0);
});

test('the older policy "terminate if running" lets a child take the place of a running workflow', () => {
  const family = new Family();
  const parent = family.member('parent');
  const former = family.member('child').start();
  parent.start();
  const workflowIdReusePolicy = WorkflowIdReusePolicy.TerminateIfRunning;
  parent.complete([outward.startChild('child', { workflowIdReusePolicy })]);
  family.deliver();
  assert.equal(former.lifecycle.status, WorkflowExecutionStatus.Terminated);
  assert.equal(parent.run.children.get(5)?.runId, family.member('child').run.runId);
});

test('of two children with one id the second is refused when it is started, not before', () => {
  const family = new Family();
  const parent = family.member('parent');
  parent.start();
  parent.complete([outward.startChild('child'), outward.startChild('child')]);
  family.deliver();
  assert.deepEqual(parent.history(5), [
    '5 StartChildWorkflowExecutionInitiated',
    '6 StartChildWorkflowExecutionInitiated',
    '7 ChildWorkflowExecutionStarted',
    '8 WorkflowTaskScheduled',
    '9 StartChildWorkflowExecutionFailed',
  ]);
});

test('a namespace that is gone when the child is to start', () => {
  const family = new Family();
  const parent = family.member('parent');
  parent.start();
  parent.complete([outward.startChild('child')]);
  parent.ok({ kind: 'settle', runId: '', key: 'child:5', answer: reject.namespaceNotFound('default') });
  const failed = parent.last(EventType.StartChildWorkflowExecutionFailed);
  assert.equal(
    failed.startChildWorkflowExecutionFailedEventAttributes?.cause,
    StartChildWorkflowExecutionFailedCause.NamespaceNotFound,
  );
});

test('start and close reach the parent while its workflow task runs: both wait, and get their ids in order', () => {
  const family = new Family();
  const parent = family.member('parent');
  const child = family.member('child');
  parent.start();
  parent.complete([outward.startChild('child')], { forceCreateNewWorkflowTask: true });
  const task = parent.workflowTask();
  family.deliver();
  child.complete([outward.complete()]);
  family.deliver();
  parent.signal('late');
  assert.deepEqual(parent.history(6), ['6 WorkflowTaskScheduled', '7 WorkflowTaskStarted']);
  assert.equal(parent.run.children.size, 0);

  parent.complete([], {}, task);
  assert.deepEqual(parent.history(8), [
    '8 WorkflowTaskCompleted',
    '9 ChildWorkflowExecutionStarted',
    '10 WorkflowExecutionSignaled',
    '11 ChildWorkflowExecutionCompleted',
    '12 WorkflowTaskScheduled',
  ]);
  const completed = parent.last(EventType.ChildWorkflowExecutionCompleted);
  assert.equal(completed.childWorkflowExecutionCompletedEventAttributes?.startedEventId, 9);
});

test('a child that closes after its buffered start has got its id refers to it', () => {
  const family = new Family();
  const parent = family.member('parent');
  const child = family.member('child');
  parent.start();
  parent.complete([outward.startChild('child')], { forceCreateNewWorkflowTask: true });
  const task = parent.workflowTask();
  family.deliver();
  assert.equal(parent.run.children.get(5)?.startedEventId, 0);
  parent.complete([], {}, task);
  assert.equal(parent.run.children.get(5)?.startedEventId, 9);
  child.complete([outward.complete()]);
  family.deliver();
  const completed = parent.last(EventType.ChildWorkflowExecutionCompleted);
  assert.equal(completed.childWorkflowExecutionCompletedEventAttributes?.startedEventId, 9);
});

test('the close overtakes the answer to the start: the start is recorded first, the answer changes nothing', () => {
  const family = new Family();
  const parent = family.member('parent');
  const child = family.member('child');
  parent.start();
  parent.complete([outward.startChild('child')]);
  const [start] = family.takeMail();
  assert.ok(start);
  const answer = family.hand(start);
  assert.ok(answer);
  child.complete([outward.complete()]);
  family.deliver();
  const told = ['6 ChildWorkflowExecutionStarted', '7 ChildWorkflowExecutionCompleted', '8 WorkflowTaskScheduled'];
  assert.deepEqual(parent.history(6), told);
  const started = parent.last(EventType.ChildWorkflowExecutionStarted).childWorkflowExecutionStartedEventAttributes;
  assert.equal(started?.workflowExecution?.runId, child.run.runId);
  const completed = parent.last(EventType.ChildWorkflowExecutionCompleted);
  assert.equal(completed.childWorkflowExecutionCompletedEventAttributes?.startedEventId, 6);

  parent.ok({ kind: 'settle', runId: parent.run.runId, key: 'child:5', answer });
  assert.deepEqual(parent.history(6), told);
});

test('deliveries and answers that come twice leave one trace', () => {
  const family = new Family();
  const { parent, child } = parentWithChild(family);
  parent.ok({ kind: 'settle', runId: '', key: 'child:5', answer: { runId: child.run.runId } });
  child.complete([outward.complete()]);
  const [news] = family.takeMail();
  assert.ok(news);
  family.hand(news);
  assert.deepEqual(family.hand(news), { runId: parent.run.runId });
  child.ok({ kind: 'settle', runId: '', key: 'parent', answer: { runId: parent.run.runId } });
  child.ok({ kind: 'settle', runId: '', key: 'parent', answer: { runId: parent.run.runId } });
  assert.deepEqual(parent.history(6), [
    '6 ChildWorkflowExecutionStarted',
    '7 WorkflowTaskScheduled',
    '8 ChildWorkflowExecutionCompleted',
  ]);
});

test('a start that is delivered twice starts one child', () => {
  const family = new Family();
  const parent = family.member('parent');
  parent.start();
  parent.complete([outward.startChild('child')]);
  const [start] = family.takeMail();
  assert.ok(start);
  const first = family.hand(start);
  assert.deepEqual(family.hand(start), first);
  assert.equal(family.member('child').events().length, 2);
});

test('news of a child that the parent does not wait for, and of another workflow, change nothing', () => {
  const family = new Family();
  const { parent } = parentWithChild(family);
  const event: HistoryEvent = { eventType: EventType.WorkflowExecutionCompleted };
  const news = { kind: 'childClosed', runId: '', firstRunId: 'r', event } as const;
  const before = parent.history();
  parent.ok({ ...news, initiatedEventId: 99, child: { workflowId: 'child', runId: 'r' } });
  parent.ok({ ...news, initiatedEventId: 5, child: { workflowId: 'stranger', runId: 'r' } });
  assert.deepEqual(parent.history(), before);
});

test('each way in which a child closes has its event', async (t) => {
  await t.test('failed', () => {
    const family = new Family();
    const { parent, child } = parentWithChild(family);
    child.complete([outward.fail('broken')]);
    family.deliver();
    const failed = parent.last(EventType.ChildWorkflowExecutionFailed).childWorkflowExecutionFailedEventAttributes;
    assert.deepEqual(failed?.failure, { message: 'broken' });
    assert.equal(failed?.retryState, RetryState.RetryPolicyNotSet);
  });
  await t.test('canceled', () => {
    const family = new Family();
    const { parent, child } = parentWithChild(family);
    child.complete([outward.cancelWorkflow({ details: payloads('enough') })]);
    family.deliver();
    const canceled = parent.last(EventType.ChildWorkflowExecutionCanceled);
    assert.deepEqual(canceled.childWorkflowExecutionCanceledEventAttributes?.details, payloads('enough'));
  });
  await t.test('terminated', () => {
    const family = new Family();
    const { parent, child } = parentWithChild(family);
    const who = { runId: '', firstRunId: '', identity: 'me', reason: 'r', details: undefined, links: [] };
    child.ok({ kind: 'terminate', ...who, childWorkflowOnly: undefined });
    family.deliver();
    const terminated = parent.last(EventType.ChildWorkflowExecutionTerminated);
    assert.equal(terminated.childWorkflowExecutionTerminatedEventAttributes?.startedEventId, 6);
  });
  await t.test('timed out', () => {
    const family = new Family();
    const parent = family.member('parent');
    parent.start();
    parent.complete([outward.startChild('child', { workflowRunTimeout: { seconds: 60 } })]);
    family.deliver();
    family.member('child').advance(60_000);
    family.deliver();
    const timedOut = parent.last(EventType.ChildWorkflowExecutionTimedOut);
    assert.equal(timedOut.childWorkflowExecutionTimedOutEventAttributes?.retryState, RetryState.RetryPolicyNotSet);
  });
});

test('a child that continues as new is reported once, at the end of its chain', () => {
  const family = new Family();
  const { parent, child } = parentWithChild(family);
  const first = child.run.runId;
  child.advance(2_000);
  child.complete([outward.continueAsNew()]);
  assert.deepEqual(family.deliver(), []);
  child.complete([outward.complete()]);
  assert.deepEqual(family.deliver(), ['child parent childClosed -> parent']);
  const started = parent.last(EventType.ChildWorkflowExecutionStarted).childWorkflowExecutionStartedEventAttributes;
  const completed = parent.last(EventType.ChildWorkflowExecutionCompleted);
  assert.equal(started?.workflowExecution?.runId, first);
  assert.notEqual(child.run.runId, first);
  assert.equal(completed.childWorkflowExecutionCompletedEventAttributes?.workflowExecution?.runId, child.run.runId);
});

test('pending children are described with what is known of them', () => {
  const family = new Family();
  const parent = family.member('parent');
  parent.start();
  parent.complete([outward.startChild('child', { parentClosePolicy: ParentClosePolicy.Abandon })]);
  const info = {
    workflowId: 'child',
    workflowTypeName: 'Child',
    initiatedId: 5,
    parentClosePolicy: ParentClosePolicy.Abandon,
  };
  assert.deepEqual(describePendingChildren(parent.run), [{ ...info, runId: '' }]);
  family.deliver();
  const { runId } = family.member('child').run;
  assert.deepEqual(describePendingChildren(parent.run), [{ ...info, runId }]);
});

test('a started child is kept without its payloads', () => {
  const family = new Family();
  const parent = family.member('parent');
  parent.start();
  parent.complete([outward.startChild('child', { input: payloads('large') })]);
  assert.deepEqual(parent.run.children.get(5)?.initiated.input, payloads('large'));
  family.deliver();
  assert.equal(parent.run.children.get(5)?.initiated.input, undefined);
  const started = family.member('child').last(EventType.WorkflowExecutionStarted);
  assert.deepEqual(started.workflowExecutionStartedEventAttributes?.input, payloads('large'));
});
