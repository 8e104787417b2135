import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType, ParentClosePolicy, WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { Message } from '../../aggregate/delivery.ts';
import type { Input } from '../input.ts';
import { isPending, owes, pendingDeliveries } from '../outbox.ts';
import { restoreRun, snapshotOf } from '../rebuild.ts';
import { Family, outward } from '../testing-family.ts';
import { payloads } from '../testing.ts';

const NAMESPACE = { id: 'namespace-id', name: 'default' };

/** A parent with a started child of that policy. */
function familyWith(parentClosePolicy: ParentClosePolicy) {
  const family = new Family();
  const parent = family.member('parent');
  const child = family.member('child');
  parent.start();
  parent.complete([outward.startChild('child', { parentClosePolicy })]);
  family.deliver();
  return { family, parent, child };
}

test('terminate: a child does not outlive its parent', () => {
  const { family, parent, child } = familyWith(ParentClosePolicy.Terminate);
  parent.complete([outward.complete()]);
  assert.equal(owes(parent.run), true);
  assert.deepEqual(family.deliver(), ['parent policy:5 terminate -> child', 'child parent childClosed -> parent']);
  assert.deepEqual(child.history(3), ['3 WorkflowExecutionTerminated']);
  const terminated = child.last(EventType.WorkflowExecutionTerminated).workflowExecutionTerminatedEventAttributes;
  assert.equal(terminated?.reason, 'by parent close policy');
  assert.equal(terminated?.identity, 'history-service');
  assert.equal(owes(parent.run), false);
  assert.equal(owes(child.run), false);
  assert.equal(parent.run.children.size, 0);
});

test('the policy is meant for a child of this run, in the chain that it has started', () => {
  for (const policy of [ParentClosePolicy.Terminate, ParentClosePolicy.RequestCancel]) {
    const { family, parent, child } = familyWith(policy);
    parent.complete([outward.complete()]);
    const { input } = family.takeMail()[0]?.delivery ?? assert.fail();
    assert.ok(input.kind === 'terminate' || input.kind === 'requestCancel');
    assert.equal(input.runId, '');
    assert.equal(input.firstRunId, child.run.runId);
    assert.deepEqual(input.childWorkflowOnly, { parent: { workflowId: 'parent', runId: parent.run.runId } });
  }
});

test('request cancel: a child is asked to end', () => {
  const { family, parent, child } = familyWith(ParentClosePolicy.RequestCancel);
  parent.complete([outward.fail('broken')]);
  assert.deepEqual(family.deliver(), ['parent policy:5 requestCancel -> child']);
  assert.deepEqual(child.history(3), ['3 WorkflowExecutionCancelRequested']);
  const requested = child.last(EventType.WorkflowExecutionCancelRequested);
  assert.deepEqual(requested.workflowExecutionCancelRequestedEventAttributes, {
    cause: '',
    identity: 'history-service',
    externalWorkflowExecution: { workflowId: 'parent', runId: parent.run.runId },
    externalInitiatedEventId: 0,
  });
  assert.equal(owes(parent.run), false);
});

test('abandon: a child goes on alone', () => {
  const { family, parent, child } = familyWith(ParentClosePolicy.Abandon);
  parent.complete([outward.complete()]);
  assert.equal(owes(parent.run), false);
  assert.deepEqual(family.deliver(), []);
  assert.equal(child.run.lifecycle.status, WorkflowExecutionStatus.Running);
  child.complete([outward.complete()]);
  assert.deepEqual(family.deliver(), ['child parent childClosed -> parent']);
  assert.equal(owes(child.run), false);
  assert.equal(parent.history().at(-1)?.includes('WorkflowExecutionCompleted'), true);
});

test('the policy reaches a child in whichever run of its chain it is', () => {
  const { family, parent, child } = familyWith(ParentClosePolicy.Terminate);
  const first = child.run;
  child.advance(2_000);
  child.complete([outward.continueAsNew()]);
  parent.complete([outward.complete()]);
  family.deliver();
  assert.equal(first.lifecycle.status, WorkflowExecutionStatus.ContinuedAsNew);
  assert.notEqual(child.run.runId, first.runId);
  assert.equal(child.run.lifecycle.status, WorkflowExecutionStatus.Terminated);
});

test('the policy spares a workflow that has taken the id of a child that is gone', () => {
  const { family, parent, child } = familyWith(ParentClosePolicy.Terminate);
  const first = child.run;
  child.complete([outward.complete()]);
  const [news] = family.takeMail();
  assert.ok(news);
  child.start();
  parent.complete([outward.complete()]);
  family.deliver();
  assert.notEqual(child.run, first);
  assert.equal(child.run.lifecycle.status, WorkflowExecutionStatus.Running);
  assert.equal(owes(parent.run), false);
});

test('a child that is asked for in the task that closes its parent is never started', () => {
  for (const parentClosePolicy of [ParentClosePolicy.Terminate, ParentClosePolicy.Abandon]) {
    const family = new Family();
    const parent = family.member('parent');
    parent.start();
    parent.complete([outward.startChild('child', { parentClosePolicy }), outward.complete()]);
    assert.deepEqual(family.deliver(), []);
    assert.deepEqual(parent.history(5), ['5 StartChildWorkflowExecutionInitiated', '6 WorkflowExecutionCompleted']);
    assert.equal(owes(parent.run), false);
  }
});

test('a start that has not gone out when the parent closes is not sent any more', () => {
  const family = new Family();
  const parent = family.member('parent');
  parent.start();
  parent.complete([outward.startChild('child', { parentClosePolicy: ParentClosePolicy.Abandon })]);
  const [start] = family.takeMail();
  assert.ok(start);
  assert.equal(isPending(parent.run, start.delivery.key), true);
  parent.signal('wake up');
  parent.complete([outward.complete()]);
  assert.equal(isPending(parent.run, start.delivery.key), false);
  assert.equal(family.hand(start), undefined);
});

test('a child that has started without its closed parent knowing gets the policy', () => {
  const family = new Family();
  const parent = family.member('parent');
  const child = family.member('child');
  parent.start();
  parent.complete([outward.startChild('child')]);
  const [start] = family.takeMail();
  assert.ok(start);
  const answer = family.hand(start);
  assert.ok(answer);
  parent.signal('wake up');
  parent.complete([outward.complete()]);
  assert.deepEqual(family.deliver(), ['parent policy:5 terminate -> child', 'child parent childClosed -> parent']);
  assert.equal(child.run.lifecycle.status, WorkflowExecutionStatus.Terminated);
  const history = parent.history();
  parent.ok({ kind: 'settle', runId: '', key: 'child:5', answer });
  assert.deepEqual(parent.history(), history);
});

test('a child that closes by itself while the policy is on its way tells a parent that no longer listens', () => {
  const { family, parent, child } = familyWith(ParentClosePolicy.Terminate);
  parent.complete([outward.complete()]);
  const policy = family.takeMail();
  child.complete([outward.complete()]);
  const history = parent.history();
  assert.deepEqual(family.deliver(), ['child parent childClosed -> parent']);
  assert.deepEqual(family.deliver(policy), ['parent policy:5 terminate -> child']);
  assert.deepEqual(parent.history(), history);
  assert.equal(owes(parent.run), false);
});

test('a parent that continues as new applies the policy, and tells its own parent nothing', () => {
  const family = new Family();
  const grandparent = family.member('grandparent');
  const parent = family.member('parent');
  const child = family.member('child');
  grandparent.start();
  grandparent.complete([outward.startChild('parent')]);
  family.deliver();
  parent.complete([outward.startChild('child')]);
  family.deliver();
  parent.advance(2_000);
  parent.complete([outward.continueAsNew()]);
  assert.deepEqual(family.deliver(), ['parent policy:5 terminate -> child', 'child parent childClosed -> parent']);
  assert.equal(child.run.lifecycle.status, WorkflowExecutionStatus.Terminated);
  assert.equal(grandparent.run.children.size, 1);
});

test('news for a parent that has closed, or is not there any more, are settled', () => {
  const { family, parent, child } = familyWith(ParentClosePolicy.Abandon);
  parent.complete([outward.complete()]);
  child.complete([outward.complete()]);
  const [news] = family.takeMail();
  assert.ok(news);
  assert.equal(owes(child.run), true);
  const gone = family.member('nobody').send((news.delivery as Message).input as Input);
  child.ok({ kind: 'settle', runId: '', key: 'parent', answer: 'runId' in gone ? { runId: gone.runId } : gone });
  assert.equal(owes(child.run), false);
});

test('a run that is terminated for a reset tells nobody and ends nobody', () => {
  const { family, child } = familyWith(ParentClosePolicy.Terminate);
  const grandchild = family.member('grandchild');
  child.complete([outward.startChild('grandchild')]);
  family.deliver();
  const before = child.run;
  child.reset(4);
  assert.deepEqual(family.deliver(), []);
  assert.equal(before.lifecycle.status, WorkflowExecutionStatus.Terminated);
  assert.equal(owes(before), false);
  assert.equal(grandchild.run.lifecycle.status, WorkflowExecutionStatus.Running);
});

test('what is on its way is found again after a restart, with the same keys and request ids', () => {
  const family = new Family();
  const parent = family.member('parent');
  const child = family.member('child');
  parent.start();
  parent.complete([outward.startChild('child'), outward.signal('peer'), outward.cancel('peer')]);
  const sent = family.takeMail();
  assert.deepEqual(
    pendingDeliveries(restoreRun(snapshotOf(parent.run)), NAMESPACE),
    sent.map(({ delivery }) => delivery),
  );
  assert.equal(owes(parent.run), true);
  family.deliver(sent);
  assert.deepEqual(pendingDeliveries(parent.run, NAMESPACE), []);
  assert.equal(owes(parent.run), false);

  parent.complete([outward.complete()]);
  const policy = family.takeMail();
  assert.deepEqual(
    pendingDeliveries(restoreRun(snapshotOf(parent.run)), NAMESPACE),
    policy.map(({ delivery }) => delivery),
  );
  family.hand(policy[0] ?? assert.fail());
  const news = family.takeMail();
  assert.deepEqual(
    pendingDeliveries(restoreRun(snapshotOf(child.run)), NAMESPACE),
    news.map(({ delivery }) => delivery),
  );
});

test('a closed run has nothing pending and no deadline, and its earlier offers no longer fit', () => {
  const family = new Family();
  const parent = family.member('parent');
  parent.start({ workflowRunTimeout: { seconds: 100 } });
  const { stamp } = parent.run.task;
  const who = { runId: '', firstRunId: '', identity: 'me', reason: 'r', details: undefined, links: [] };
  parent.ok({ kind: 'terminate', ...who, childWorkflowOnly: undefined });
  const { lifecycle, task, derived } = parent.run;
  assert.equal(lifecycle.status, WorkflowExecutionStatus.Terminated);
  assert.equal(lifecycle.closeEventId, 3);
  assert.equal(task.phase, 'none');
  assert.notEqual(task.stamp, stamp);
  assert.equal(
    derived.deadlines.next(() => 1),
    undefined,
  );
});

test('a closed run drops the payloads that it was started with, but not before it owes nothing', () => {
  const family = new Family();
  const parent = family.member('parent');
  const child = family.member('child');
  const memo = { fields: { note: payloads('kept').payloads?.[0] ?? {} } };
  parent.start();
  parent.complete([outward.startChild('child', { input: payloads('large'), memo })]);
  family.deliver();
  child.complete([outward.complete()]);
  assert.deepEqual(snapshotOf(child.run).lifecycle.start.input, payloads('large'));

  family.deliver();
  const { lifecycle } = snapshotOf(child.run);
  assert.equal(lifecycle.start.input, undefined);
  assert.equal(lifecycle.start.workflowType?.name, 'Child');
  assert.deepEqual(lifecycle.memo, memo);
});
