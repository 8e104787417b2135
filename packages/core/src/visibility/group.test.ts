import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { WorkflowExecutionStatus } from '@perdure/proto/enums';
import { GroupAttribute, countRecords, groupValuePayload } from './group.ts';
import type { VisibilityRecord } from './record.ts';

function record(status: WorkflowExecutionStatus, division?: string): VisibilityRecord {
  const values = new Map(division === undefined ? [] : [['TemporalNamespaceDivision', division]]);
  return { status, values } as unknown as VisibilityRecord;
}

const records = [
  record(WorkflowExecutionStatus.Terminated, 'b'),
  record(WorkflowExecutionStatus.Running),
  record(WorkflowExecutionStatus.Running, 'a'),
];

suite('counts', () => {
  test('in one group', () => {
    assert.deepEqual(countRecords(records, undefined), [{ values: [], count: 3 }]);
    assert.deepEqual(countRecords([], undefined), [{ values: [], count: 0 }]);
  });
  test('by status', () => {
    assert.deepEqual(countRecords(records, GroupAttribute.ExecutionStatus), [
      { values: [1], count: 2 },
      { values: [5], count: 1 },
    ]);
    assert.deepEqual(countRecords([], GroupAttribute.ExecutionStatus), []);
  });
  test('by division', () => {
    assert.deepEqual(countRecords(records, GroupAttribute.TemporalNamespaceDivision), [
      { values: [undefined], count: 1 },
      { values: ['a'], count: 1 },
      { values: ['b'], count: 1 },
    ]);
  });
});

test('a group value as a payload', () => {
  const shown = (value: Parameters<typeof groupValuePayload>[0]) => {
    const { metadata, data } = groupValuePayload(value);
    const text = (bytes: Uint8Array | undefined) => (bytes === undefined ? '-' : Buffer.from(bytes).toString());
    return `${text(metadata?.['encoding'])} ${text(metadata?.['type'])} ${text(data)}`;
  };
  assert.equal(shown(WorkflowExecutionStatus.TimedOut), 'json/plain Keyword "TimedOut"');
  assert.equal(shown('Dé'), 'json/plain Keyword "D\\u00e9"');
  assert.equal(shown(undefined), 'binary/null Keyword -');
});
