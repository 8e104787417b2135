import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultLimits } from '@perdure/core';
import {
  createDynamicConfig,
  type ConfiguredValue,
  defaultDynamicConfig,
  type DynamicConfigResult,
  settings,
} from './dynamic-config.ts';
import { ineffectiveKeys } from './ineffective-keys.ts';
import { limitSettings } from './limit-settings.ts';
import { parseDynamicConfigValues } from './parse-values.ts';

function create(given: Readonly<Record<string, ConfiguredValue[]>>): Extract<DynamicConfigResult, { kind: 'config' }> {
  const result = createDynamicConfig(given);
  assert.equal(result.kind, 'config', JSON.stringify(result));
  return result as Extract<DynamicConfigResult, { kind: 'config' }>;
}

function problemsOf(given: Readonly<Record<string, ConfiguredValue[]>>): readonly string[] {
  const result = createDynamicConfig(given);
  return result.kind === 'invalid' ? result.problems : [];
}

test('without values every key has its default, and limits are those of core', () => {
  assert.equal(defaultDynamicConfig.get('limit.maxIDLength'), 1_000);
  assert.equal(defaultDynamicConfig.get('history.longPollExpirationInterval'), 20_000);
  assert.equal(defaultDynamicConfig.get('system.enableEagerWorkflowStart'), true);
  assert.deepEqual(defaultDynamicConfig.limits('default'), defaultLimits);
});

test('a value holds for all namespaces, one with a constraint for its own', () => {
  const { config } = create({
    'limit.blobSize.error': [{ value: 10 }, { value: 20, constraints: { namespace: 'big' } }],
    'history.longPollExpirationInterval': [{ value: '5s' }],
  });
  assert.equal(config.get('limit.blobSize.error'), 10);
  assert.equal(config.get('limit.blobSize.error', { namespace: 'other' }), 10);
  assert.equal(config.get('limit.blobSize.error', { namespace: 'big' }), 20);
  assert.equal(config.get('history.longPollExpirationInterval', { namespace: 'big' }), 5_000);
  assert.equal(config.limits('other').blobSizeBytesMax, 10);
  assert.equal(config.limits('big').blobSizeBytesMax, 20);
  assert.equal(config.limits('big').idLengthMax, 1_000);
});

test('of two values for the same place the first one holds', () => {
  const constraints = { namespace: 'big' };
  const { config } = create({
    'limit.blobSize.error': [{ value: 1, constraints }, { value: 2 }, { value: 3, constraints }, { value: 4 }],
  });
  assert.deepEqual([config.limits('big').blobSizeBytesMax, config.limits('other').blobSizeBytesMax], [1, 2]);
});

test('limits are frozen, and one object for a namespace', () => {
  const { config } = create({ 'limit.blobSize.error': [{ value: 20, constraints: { namespace: 'big' } }] });
  assert.ok(Object.isFrozen(config.limits('big')));
  assert.equal(config.limits('big'), config.limits('big'));
  assert.equal(config.limits('a'), config.limits('b'));
});

test('every limit key sets its field', () => {
  for (const [key, { field, kind }] of Object.entries(limitSettings)) {
    if (kind === 'retry') continue;
    const value = kind === 'boolean' ? !defaultLimits[field] : kind === 'duration' ? '7ms' : 7;
    assert.equal(create({ [key]: [{ value }] }).config.limits('')[field], kind === 'duration' ? 7 : value, key);
  }
});

test('a retry policy is a map in the spelling of Temporal; what it leaves out has its default', () => {
  const key = 'history.defaultActivityRetryPolicy';
  const given = { InitialIntervalInSeconds: 5, maximumattempts: 3, unknown: true };
  const { config } = create({ [key]: [{ value: given, constraints: { namespace: 'careful' } }] });
  const careful = config.limits('careful');
  assert.deepEqual(careful.activityRetry, {
    initialIntervalMs: 5_000,
    backoffCoefficient: 2,
    maximumIntervalCoefficient: 100,
    maximumAttempts: 3,
  });
  assert.deepEqual(careful.workflowRetry, defaultLimits.workflowRetry);
  assert.deepEqual(config.limits('other').activityRetry, defaultLimits.activityRetry);
  for (const value of [
    5,
    [],
    { MaximumAttempts: -1 },
    { BackoffCoefficient: 0.5 },
    { InitialIntervalInSeconds: 'x' },
  ]) {
    assert.match(problemsOf({ [key]: [{ value }] })[0] ?? '', /^history\.defaultActivityRetryPolicy must be a policy /);
  }
});

test('older names are taken; what stands under the newest one holds', () => {
  const older = { 'component.callbacks.request.timeout': [{ value: '2s' }] };
  assert.equal(create(older).config.limits('').callbackTimeoutMs, 2_000);
  assert.deepEqual(create(older).warnings, []);
  const both = { 'callback.request.timeout': [{ value: '3s' }], ...older };
  assert.equal(create(both).config.limits('').callbackTimeoutMs, 3_000);
  const three = {
    'callback.maxPerExecution': [{ value: 1, constraints: { namespace: 'one' } }],
    'system.maxCallbacksPerWorkflow': [{ value: 3 }],
    'system.maxCHASMCallbacksPerWorkflow': [{ value: 2 }],
  };
  assert.equal(create(three).config.limits('one').callbacksMax, 1);
  assert.equal(create(three).config.limits('').callbacksMax, 2);
});

test('durations are text of Go or seconds', () => {
  const durationOf = (value: unknown): number =>
    create({ 'matching.longPollExpirationInterval': [{ value }] }).config.get('matching.longPollExpirationInterval');
  assert.equal(durationOf('1h30m'), 5_400_000);
  assert.equal(durationOf('1.5s'), 1_500);
  assert.equal(durationOf('2d'), 172_800_000);
  assert.equal(durationOf('250ms'), 250);
  assert.equal(durationOf('3'), 3_000);
  assert.equal(durationOf('0s'), 0);
  assert.equal(durationOf(0.5), 500);
});

test('wrong types are refused with what is allowed', () => {
  const refused = (key: string, value: unknown): string => problemsOf({ [key]: [{ value }] })[0] ?? '';
  assert.equal(refused('limit.maxIDLength', '12'), 'limit.maxIDLength must be a whole number, not "12"');
  assert.equal(refused('limit.maxIDLength', 1.5), 'limit.maxIDLength must be a whole number, not 1.5');
  assert.equal(refused('limit.maxIDLength', -1), 'limit.maxIDLength must not be negative: -1');
  assert.equal(
    refused('system.enableEagerWorkflowStart', 1),
    'system.enableEagerWorkflowStart must be true or false, not 1',
  );
  for (const value of ['soon', '5x', '', true, null, {}, '1:00:00']) {
    assert.match(refused('history.longPollExpirationInterval', value), /must be a duration such as "10s"/);
  }
});

test('all problems are told, not only the first', () => {
  const given = { 'limit.maxIDLength': [{ value: 'x' }], 'limit.blobSize.error': [{ value: 'x' }] };
  assert.equal(problemsOf(given).length, 2);
});

test('a global key cannot be set for one namespace', () => {
  assert.deepEqual(problemsOf({ 'limit.maxIDLength': [{ value: 1, constraints: { namespace: 'a' } }] }), [
    'limit.maxIDLength holds for the whole server, not for the namespace a alone',
  ]);
});

test('keys are found whatever their case', () => {
  assert.equal(create({ 'LIMIT.maxidlength': [{ value: 5 }] }).config.get('limit.maxIDLength'), 5);
});

test('unknown keys are warned about, keys without effect are noted', () => {
  const { warnings, notes } = create({
    'limit.maxIdLenght': [{ value: 5 }],
    'history.transferProcessorMaxPollRPS': [{ value: 5 }],
    'system.forceSearchAttributesCacheRefreshOnRead': [{ value: true }],
  });
  assert.deepEqual(warnings, ['unknown dynamic config key limit.maxIdLenght']);
  assert.deepEqual(notes, [
    'dynamic config key history.transferProcessorMaxPollRPS has no effect here',
    'dynamic config key system.forceSearchAttributesCacheRefreshOnRead has no effect: changes are visible at once here',
  ]);
});

test('no key is both read and without effect', () => {
  assert.deepEqual(
    Object.keys(ineffectiveKeys).filter((key) => key in settings),
    [],
  );
});

test('what the official SDKs pass to the server that they start is known', () => {
  const parsed = parseDynamicConfigValues([
    'frontend.enableServerVersionCheck=false',
    'frontend.enableUpdateWorkflowExecution=true',
    'frontend.enableUpdateWorkflowExecutionAsyncAccepted=true',
    'system.enableActivityEagerExecution=true',
    'history.enableRequestIdRefLinks=true',
    'activity.longPollTimeout="5000ms"',
    'component.nexusoperations.callback.endpoint.template="http://localhost"',
    'component.nexusoperations.recordCancelRequestCompletionEvents=true',
    'frontend.MaxConcurrentBatchOperationPerNamespace=1000',
    'frontend.WorkflowPauseEnabled=true',
    'limit.blobSize.error=10240',
    'limit.blobSize.warn=2048',
    'matching.useNewMatcher=true',
    'matching.wv.VersionDrainageStatusRefreshInterval="5s"',
    'worker.buildIdScavengerEnabled=true',
    'worker.removableBuildIdDurationSinceDefault=1',
  ]);
  assert.ok('values' in parsed);
  assert.deepEqual(create(parsed.values).warnings, []);
});

test('KEY=JSON texts', () => {
  assert.deepEqual(parseDynamicConfigValues(['a=1', 'b="x=y"', 'a=2', 'c={"d":[true]}']), {
    values: { a: [{ value: 2 }], b: [{ value: 'x=y' }], c: [{ value: { d: [true] } }] },
  });
  assert.deepEqual(parseDynamicConfigValues(['a']), { invalid: `missing expected '=' in "a"` });
  assert.match((parseDynamicConfigValues(['a=b']) as { invalid: string }).invalid, /^invalid JSON value for key "a": /);
  assert.match(
    (parseDynamicConfigValues(['a=1 2']) as { invalid: string }).invalid,
    /^invalid JSON value for key "a": /,
  );
});

test('a value for a task queue holds before one for its name, its namespace and all', () => {
  const key = 'matching.longPollExpirationInterval';
  const { config } = create({
    [key]: [
      { value: 1 },
      { value: 2, constraints: { namespace: 'n' } },
      { value: 3, constraints: { taskQueue: 'q' } },
      { value: 4, constraints: { namespace: 'n', taskQueue: 'q' } },
      { value: 5, constraints: { namespace: 'n', taskQueue: 'q', taskType: 'Activity' } },
    ],
  });
  assert.equal(config.get(key, { namespace: 'other', taskQueue: 'other' }), 1_000);
  assert.equal(config.get(key, { namespace: 'n', taskQueue: 'other' }), 2_000);
  assert.equal(config.get(key, { namespace: 'other', taskQueue: 'q' }), 3_000);
  assert.equal(config.get(key, { namespace: 'n', taskQueue: 'q', taskType: 'Workflow' }), 4_000);
  assert.equal(config.get(key, { namespace: 'n', taskQueue: 'q', taskType: 'Activity' }), 5_000);
});

test('a constraint under which a value could never hold is refused', () => {
  const queue = { value: 1, constraints: { taskQueue: 'q' } };
  assert.deepEqual(problemsOf({ 'limit.maxIDLength': [queue] }), [
    'limit.maxIDLength cannot be constrained to a task queue',
  ]);
  const type = { value: 1, constraints: { taskQueue: 'q', taskType: 'Nexus' } } as const;
  assert.match(problemsOf({ 'matching.longPollExpirationInterval': [type] })[0] ?? '', /it would never hold$/);
});
