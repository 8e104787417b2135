import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonText } from '../../kernel/json-payload.ts';
import { EventType, WorkflowExecutionStatus, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import type { Message } from '../../aggregate/delivery.ts';
import type { StartChildWorkflowExecutionCommandAttributes } from '@perdure/proto/types';
import type { Limits } from '../../kernel/limits.ts';
import { Family, outward } from '../testing-family.ts';
import { payloads, payloadsOf } from '../testing.ts';

const NAMES = 'WorkflowId=child WorkflowType=Child Namespace=default';
const ON = 'StartChildWorkflowExecutionCommand';

/** What a worker is told whose workflow task holds this command. */
function refusalOf(attributes: StartChildWorkflowExecutionCommandAttributes, limits: Partial<Limits> = {}) {
  const parent = new Family(limits).member('parent');
  parent.start();
  const { failure } = parent.complete([outward.startChild('child', attributes)]);
  return { message: failure?.message, parent };
}

test('what no child can be started with fails the workflow task', () => {
  const cases: [StartChildWorkflowExecutionCommandAttributes, string][] = [
    [{ workflowId: '' }, `Required field WorkflowId is not set on ${ON}. WorkflowType=Child Namespace=default`],
    [{ workflowType: {} }, `Required field WorkflowType is not set on ${ON}. WorkflowId=child Namespace=default`],
    [{ namespace: 'other' }, 'cross namespace commands are not allowed'],
    [{ namespace: 'nowhere' }, 'Namespace nowhere is not found.'],
    [{ workflowRunTimeout: { seconds: -1 } }, `Invalid WorkflowRunTimeout on ${ON}: negative duration. ${NAMES}`],
    [
      { retryPolicy: { backoffCoefficient: 0.5 } },
      `invalid WorkflowRetryPolicy on ${ON}: BackoffCoefficient cannot be less than 1 on retry policy.. ${NAMES}`,
    ],
    [{ priority: { priorityKey: -1 } }, "priority key can't be negative"],
    [
      { taskQueue: { name: '/_sys/x' } },
      `invalid TaskQueue on ${ON}: task queue name cannot start with reserved prefix /_sys/. ${NAMES} TaskQueue=name:"/_sys/x" kind:TASK_QUEUE_KIND_NORMAL`,
    ],
  ];
  for (const [attributes, message] of cases) {
    const refused = refusalOf(attributes);
    assert.equal(refused.message, `BadStartChildExecutionAttributes: ${message}`);
    const failed = refused.parent.last(EventType.WorkflowTaskFailed).workflowTaskFailedEventAttributes;
    assert.equal(failed?.cause, WorkflowTaskFailedCause.BadStartChildExecutionAttributes);
    assert.equal(refused.parent.run.children.size, 0);
  }
});

test('a command without attributes fails the workflow task', () => {
  const parent = new Family().member('parent');
  parent.start();
  const { commandType } = outward.startChild('child');
  const { failure } = parent.complete([{ commandType }]);
  assert.equal(failure?.message, `BadStartChildExecutionAttributes: ${ON}Attributes is not set on ${ON}.`);
});

test('ids are measured in bytes', () => {
  const limits = { idLengthMax: 10 };
  const long = 'ö'.repeat(6);
  assert.equal(
    refusalOf({ workflowId: long }, limits).message,
    `BadStartChildExecutionAttributes: WorkflowId on ${ON} exceeds length limit. WorkflowId=${long} Length=12 Limit=10 WorkflowType=Child Namespace=default`,
  );
  assert.equal(
    refusalOf({ workflowType: { name: long } }, limits).message,
    `BadStartChildExecutionAttributes: WorkflowType on ${ON} exceeds length limit. WorkflowId=child WorkflowType=${long} Length=12 Limit=10 Namespace=default`,
  );
  assert.equal(refusalOf({ workflowId: 'ö'.repeat(5) }, limits).message, undefined);
});

test('search attributes of the server cannot be set', () => {
  const { message, parent } = refusalOf({
    searchAttributes: { indexedFields: { WorkflowId: payloads('mine').payloads?.[0] ?? {} } },
  });
  assert.equal(
    message,
    `BadSearchAttributes: invalid SearchAttributes on StartChildWorkflowCommand: WorkflowId attribute can't be set in SearchAttributes. ${NAMES}`,
  );
  const failed = parent.last(EventType.WorkflowTaskFailed).workflowTaskFailedEventAttributes;
  assert.equal(failed?.cause, WorkflowTaskFailedCause.BadSearchAttributes);
});

test('what no history may hold ends the run', () => {
  const limits = { blobSizeBytesMax: 100, memoSizeBytesMax: 100, searchAttributeValueSizeBytesMax: 10 };
  const field = payloadsOf(101).payloads?.[0] ?? {};
  const long = jsonText('x'.repeat(99)).payloads?.[0] ?? {};
  const cases: [StartChildWorkflowExecutionCommandAttributes, string][] = [
    [{ input: payloadsOf(101) }, 'StartChildWorkflowExecutionCommandAttributes. Input exceeds size limit.'],
    [{ memo: { fields: { field } } }, 'StartChildWorkflowExecutionCommandAttributes.Memo exceeds size limit.'],
    [
      { searchAttributes: { indexedFields: { field: long } } },
      'search attribute field value size 101 exceeds size limit 10',
    ],
  ];
  for (const [attributes, message] of cases) {
    const refused = refusalOf(attributes, limits);
    assert.equal(refused.message, `BadStartChildExecutionAttributes: ${message}`);
    assert.equal(refused.parent.run.lifecycle.status, WorkflowExecutionStatus.Terminated);
  }
  assert.equal(refusalOf({ input: payloadsOf(100) }, limits).message, undefined);
});

test('pending children are limited, those of the same task included', () => {
  const family = new Family({ pendingChildrenMax: 2 });
  const parent = family.member('parent');
  parent.start();
  const { failure } = parent.complete(['a', 'b', 'c'].map((id) => outward.startChild(id)));
  assert.equal(
    failure?.message,
    'PendingChildWorkflowsLimitExceeded: the number of pending child workflow executions, 2, has reached the per-workflow limit of 2',
  );
  assert.equal(parent.run.children.size, 0);
  parent.complete(['a', 'b'].map((id) => outward.startChild(id)));
  assert.equal(parent.run.children.size, 2);
});

test('a limit of 0 is none', () => {
  const parent = new Family({ pendingChildrenMax: 0 }).member('parent');
  parent.start();
  assert.equal(parent.complete([outward.startChild('a')]).failure, undefined);
});

test('where they are allowed, children may live in another namespace', () => {
  const { message, parent } = refusalOf({ namespace: 'other' }, { crossNamespaceCommands: true });
  assert.equal(message, undefined);
  const [effect] = parent.effects.filter(({ kind }) => kind === 'deliver');
  assert.deepEqual(effect?.kind === 'deliver' && (effect.delivery as Message).to, {
    namespaceId: 'other-namespace-id',
    workflowId: 'child',
  });
});
