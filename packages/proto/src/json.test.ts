import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { messageType, plain } from './codec.ts';
import { EventType, RetryState, TimeoutType } from './generated/enums.ts';
import type { History } from './generated/messages.ts';
import { fromJson, historyFromJson, historyToJson, JsonError, toJson } from './json.ts';

const utf8 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

const history: History = {
  events: [
    {
      eventId: 1,
      eventTime: { seconds: 1_700_000_000, nanos: 120_000_000 },
      eventType: EventType.WorkflowExecutionStarted,
      taskId: 1_048_576,
      workflowExecutionStartedEventAttributes: {
        workflowType: { name: 'greet' },
        input: { payloads: [{ metadata: { encoding: utf8('json/plain') }, data: utf8('"World"') }] },
        workflowTaskTimeout: { seconds: 10 },
        retryPolicy: { initialInterval: { nanos: 500_000_000 }, backoffCoefficient: 2 },
        attempt: 1,
      },
    },
    {
      eventId: 2,
      eventTime: { seconds: 1_700_000_000, nanos: 120_003_004 },
      eventType: EventType.ActivityTaskFailed,
      activityTaskFailedEventAttributes: {
        failure: {
          message: 'activity error',
          source: 'GoSDK',
          cause: { message: 'slow', timeoutFailureInfo: { timeoutType: TimeoutType.StartToClose } },
          applicationFailureInfo: { type: 'E', nonRetryable: true, nextRetryDelay: { seconds: 3, nanos: 7 } },
        },
        scheduledEventId: 5,
        retryState: RetryState.MaximumAttemptsReached,
      },
    },
  ],
};

const historyJson = {
  events: [
    {
      eventId: '1',
      eventTime: '2023-11-14T22:13:20.120Z',
      eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED',
      taskId: '1048576',
      workflowExecutionStartedEventAttributes: {
        workflowType: { name: 'greet' },
        input: { payloads: [{ metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'IldvcmxkIg==' }] },
        workflowTaskTimeout: '10s',
        retryPolicy: { initialInterval: '0.500s', backoffCoefficient: 2 },
        attempt: 1,
      },
    },
    {
      eventId: '2',
      eventTime: '2023-11-14T22:13:20.120003004Z',
      eventType: 'EVENT_TYPE_ACTIVITY_TASK_FAILED',
      activityTaskFailedEventAttributes: {
        failure: {
          message: 'activity error',
          source: 'GoSDK',
          cause: { message: 'slow', timeoutFailureInfo: { timeoutType: 'TIMEOUT_TYPE_START_TO_CLOSE' } },
          applicationFailureInfo: { type: 'E', nonRetryable: true, nextRetryDelay: '3.000000007s' },
        },
        scheduledEventId: '5',
        retryState: 'RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED',
      },
    },
  ],
};

describe('histories', () => {
  test('are written as protojson does', () => {
    assert.deepEqual(historyToJson(history), historyJson);
    const type = messageType('temporal.api.history.v1.History');
    assert.deepEqual(historyToJson(type.decode(type.encode(history))), historyJson);
  });

  test('are read back the same', () => {
    const type = messageType('temporal.api.history.v1.History');
    const decoded = plain(type.decode(type.encode(historyFromJson(historyJson))));
    assert.deepEqual(decoded, history);
  });

  test('of old exports have short enum names, snake_case fields and plain numbers', () => {
    const old = {
      events: [
        { event_id: 1, eventType: 'WorkflowExecutionStarted' },
        {
          eventId: '2',
          eventType: 10,
          activityTaskScheduledEventAttributes: { taskQueue: { kind: 'Sticky' } },
          later: 1,
        },
      ],
    };
    assert.deepEqual(historyFromJson(old), {
      events: [
        { eventId: 1, eventType: EventType.WorkflowExecutionStarted },
        {
          eventId: 2,
          eventType: EventType.ActivityTaskScheduled,
          activityTaskScheduledEventAttributes: { taskQueue: { kind: 2 } },
        },
      ],
    });
    assert.throws(() => historyFromJson(old, {}), new JsonError('events[1]', 'unknown field "later"'));
  });
});

describe('well-known types', () => {
  const duration = 'google.protobuf.Duration';
  const timestamp = 'google.protobuf.Timestamp';
  const written: [type: string, message: object, json: unknown][] = [
    [duration, {}, '0s'],
    [duration, { seconds: -1, nanos: -500_000_000 }, '-1.500s'],
    [duration, { nanos: -1 }, '-0.000000001s'],
    [duration, { seconds: 1, nanos: 1000 }, '1.000001s'],
    [timestamp, {}, '1970-01-01T00:00:00Z'],
    [timestamp, { seconds: -62_135_596_800 }, '0001-01-01T00:00:00Z'],
    [timestamp, { seconds: 253_402_300_799, nanos: 999_999_999 }, '9999-12-31T23:59:59.999999999Z'],
    ['google.protobuf.FieldMask', { paths: ['a_b.c_d', 'e'] }, 'aB.cD,e'],
    ['google.protobuf.Empty', {}, {}],
    ['google.protobuf.Int64Value', { value: 7 }, '7'],
    ['google.protobuf.StringValue', {}, ''],
    ['google.protobuf.BytesValue', { value: utf8('?>') }, 'Pz4='],
    [
      'google.protobuf.Struct',
      { fields: { a: { listValue: { values: [{ numberValue: 1 }, { nullValue: 0 }, { stringValue: 's' }] } } } },
      { a: [1, null, 's'] },
    ],
    [
      'google.protobuf.Any',
      { typeUrl: 'type.googleapis.com/google.protobuf.Duration', value: Uint8Array.of(8, 3) },
      {
        '@type': 'type.googleapis.com/google.protobuf.Duration',
        value: '3s',
      },
    ],
    [
      'google.protobuf.Any',
      { typeUrl: 'type.googleapis.com/temporal.api.common.v1.WorkflowType', value: Uint8Array.of(10, 1, 119) },
      { '@type': 'type.googleapis.com/temporal.api.common.v1.WorkflowType', name: 'w' },
    ],
  ];

  for (const [type, message, json] of written) {
    test(`${type} ${JSON.stringify(json)}`, () => {
      assert.deepEqual(toJson(type, message), json);
      const codec = messageType(type);
      assert.deepEqual(codec.encode(fromJson(type, json)), codec.encode(message));
    });
  }

  test('times are read with offsets and any number of digits', () => {
    assert.deepEqual(fromJson(timestamp, '2024-02-29T23:59:59.5+05:30'), {
      seconds: 1_709_231_399,
      nanos: 500_000_000,
    });
    assert.deepEqual(fromJson(duration, '90.25s'), { seconds: 90, nanos: 250_000_000 });
  });

  const refused: [type: string, json: unknown][] = [
    [timestamp, '2023-02-30T00:00:00Z'],
    [timestamp, '2023-02-03 00:00:00Z'],
    [timestamp, '0001-01-01T00:00:00+01:00'],
    [timestamp, 5],
    [duration, '1'],
    [duration, '1.5'],
    [duration, '315576000001s'],
    ['google.protobuf.FieldMask', 'a_b'],
    ['google.protobuf.Any', { '@type': 'type.googleapis.com/no.such.Type' }],
    ['google.protobuf.Any', { value: 1 }],
  ];

  for (const [type, json] of refused) {
    test(`${type} is not ${JSON.stringify(json)}`, () => assert.throws(() => fromJson(type, json), JsonError));
  }

  test('times out of range cannot be written', () => {
    assert.throws(() => toJson(timestamp, { seconds: 253_402_300_800 }), JsonError);
    assert.throws(() => toJson(duration, { seconds: 1, nanos: -1 }), JsonError);
  });
});

describe('fields', () => {
  const heartbeat = 'temporal.api.worker.v1.WorkerHostInfo';

  test('that are absent, null or default are left out, those with presence are not', () => {
    assert.deepEqual(toJson('temporal.api.common.v1.WorkflowExecution', { workflowId: '', runId: undefined }), {});
    assert.deepEqual(toJson('temporal.api.failure.v1.Failure', { cause: {} }), { cause: {} });
    assert.deepEqual(fromJson('temporal.api.common.v1.WorkflowExecution', { runId: null, workflowId: 'w' }), {
      workflowId: 'w',
    });
  });

  test('of 32-bit floats have no digits that they cannot hold', () => {
    const codec = messageType(heartbeat);
    const decoded = codec.decode(codec.encode({ currentHostCpuUsage: 0.1, currentHostMemUsage: Number.NaN }));
    assert.deepEqual(toJson(heartbeat, decoded), { currentHostCpuUsage: 0.1, currentHostMemUsage: 'NaN' });
  });

  test('of 64-bit integers are strings or numbers', () => {
    const read = (value: unknown): unknown =>
      fromJson('temporal.api.history.v1.HistoryEvent', { eventId: value }).eventId;
    assert.equal(read('9007199254740991'), Number.MAX_SAFE_INTEGER);
    assert.equal(read('-5'), -5);
    assert.equal(read(1e3), 1000);
    for (const wrong of ['9007199254740993', '1.5', 1.5, 'x', '', ' 1', true, []])
      assert.throws(() => read(wrong), JsonError);
  });

  test('of 32-bit integers keep their range', () => {
    assert.throws(() => fromJson('google.protobuf.Int32Value', 2 ** 31), JsonError);
    assert.throws(() => fromJson('google.protobuf.UInt32Value', -1), JsonError);
  });

  test('of bytes take both alphabets of base64, padded or not', () => {
    for (const text of ['-_8=', '+/8', '-_8']) {
      assert.deepEqual(fromJson('google.protobuf.BytesValue', text), { value: Uint8Array.of(0xfb, 0xff) });
    }
    assert.throws(() => fromJson('google.protobuf.BytesValue', '!'), JsonError);
  });

  test('of one oneof exclude each other', () => {
    const both = { batchJob: {}, workflowEvent: {} };
    assert.throws(
      () => fromJson('temporal.api.common.v1.Link', both),
      new JsonError('', 'oneof variant is already set'),
    );
  });

  test('given twice under two names are refused', () => {
    const twice = { run_id: 'a', runId: 'b' };
    assert.throws(() => fromJson('temporal.api.common.v1.WorkflowExecution', twice), /duplicate field "runId"/);
  });

  test('of the wrong type name their place', () => {
    const json = { events: [{ timerFiredEventAttributes: { timerId: 5 } }] };
    assert.throws(
      () => historyFromJson(json),
      new JsonError('events[0].timerFiredEventAttributes.timerId', 'invalid value for string: 5'),
    );
    assert.throws(() => historyFromJson({ events: [null] }), new JsonError('events[0]', 'unexpected null'));
    assert.throws(() => historyFromJson([]), new JsonError('', 'expected an object'));
  });

  test('of enums are names, and numbers where there is no name', () => {
    const type = 'temporal.api.taskqueue.v1.TaskQueue';
    assert.deepEqual(toJson(type, { kind: 1 }), { kind: 'TASK_QUEUE_KIND_NORMAL' });
    assert.deepEqual(toJson(type, { kind: 99 as 1 }), { kind: 99 });
    assert.deepEqual(fromJson(type, { kind: 99 }), { kind: 99 });
    assert.throws(() => fromJson(type, { kind: 'Odd' }), JsonError);
    assert.deepEqual(fromJson(type, { kind: 'Odd' }, { unknownFields: 'ignore' }), {});
  });

  test('named as JavaScript names its own are plain fields', () => {
    const json: unknown = JSON.parse('{"fields":{"__proto__":{"data":"AQ=="}}}');
    const message = fromJson('temporal.api.common.v1.Header', json);
    assert.deepEqual(Object.keys(message.fields ?? {}), ['__proto__']);
    assert.throws(() => fromJson('temporal.api.common.v1.Header', { constructor: 1 }), /unknown field "constructor"/);
  });

  test('nested without end are refused before the stack ends', () => {
    let json: object = {};
    for (let depth = 0; depth < 5000; depth += 1) json = { cause: json };
    assert.throws(() => fromJson('temporal.api.failure.v1.Failure', json), /exceeded maximum recursion depth/);
  });
});
