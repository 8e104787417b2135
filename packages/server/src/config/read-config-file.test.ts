import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfigFile } from './read-config-file.ts';

test("reads Temporal's form, with the spellings of constraints that it takes", () => {
  const read = readConfigFile({
    'frontend.namespaceRPS': [{ value: 10 }, { value: 20, constraints: { namespace: 'n' } }],
    'matching.rps': [
      { value: 1, constraints: { namespace: 'n', taskQueueName: 'q', taskType: 'activity' } },
      { value: 2, constraints: { TaskType: 1, TaskQueueName: 'q', Namespace: 'n' } },
      { value: 3, constraints: { taskType: 'TASK_QUEUE_TYPE_NEXUS' } },
    ],
  });
  assert.deepEqual(read, {
    kind: 'values',
    values: {
      'frontend.namespaceRPS': [
        { value: 10, constraints: {} },
        { value: 20, constraints: { namespace: 'n' } },
      ],
      'matching.rps': [
        { value: 1, constraints: { namespace: 'n', taskQueue: 'q', taskType: 'Activity' } },
        { value: 2, constraints: { taskType: 'Workflow', taskQueue: 'q', namespace: 'n' } },
        { value: 3, constraints: { taskType: 'Nexus' } },
      ],
    },
  });
});

test('an empty file sets nothing', () => assert.deepEqual(readConfigFile(null), { kind: 'values', values: {} }));

test('what is wrong is named with its place, all at once', () => {
  const read = readConfigFile({
    a: 5,
    b: [{ valeu: 5 }],
    c: [{ value: 1, constraints: { namespace: 7, shardID: 1, taskType: 'Query' }, extra: 1 }],
    d: [{ value: 1, constraints: 'all' }],
  });
  assert.deepEqual(read.kind === 'invalid' && read.problems, [
    'a must be a list of values, each with its constraints',
    'b[0] must have a value',
    'c[0].extra is unknown: value, constraints',
    'c[0].constraints.namespace must be the name of a namespace',
    'c[0].constraints.shardID is unknown: namespace, taskQueueName, taskType',
    'c[0].constraints.taskType must be one of Workflow, Activity, Nexus',
    'd[0].constraints must be a map',
  ]);
  assert.equal(readConfigFile(['a']).kind, 'invalid');
});
