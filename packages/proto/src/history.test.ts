import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { messageType, plain } from './codec.ts';
import { EventType } from './generated/enums.ts';
import type { HistoryEvent } from './generated/messages.ts';
import { decodeHistory, encodeHistoryEvent, encodeSpliced, placeHistory, splitHistory } from './history.ts';
import { DecodeError } from './wire/errors.ts';

const events: HistoryEvent[] = [
  {
    eventId: 1,
    eventTime: { seconds: 1_700_000_000, nanos: 5 },
    eventType: EventType.WorkflowExecutionStarted,
    workflowExecutionStartedEventAttributes: { workflowType: { name: 'greet' }, attempt: 1 },
  },
  { eventId: 2, eventType: EventType.WorkflowTaskScheduled, workflowTaskScheduledEventAttributes: { attempt: 1 } },
  { eventId: 300, eventType: EventType.TimerFired, timerFiredEventAttributes: { timerId: 't'.repeat(200) } },
];
const slices = events.map(encodeHistoryEvent);

describe('encoded events', () => {
  test('put together are the history', () => {
    const whole = messageType('temporal.api.history.v1.History').encode({ events });
    assert.deepEqual(new Uint8Array(Buffer.concat(slices)), whole);
    assert.deepEqual(plain(decodeHistory(slices)), { events });
    assert.deepEqual(plain(decodeHistory([whole, ...slices])), { events: [...events, ...events] });
  });

  test('of nothing are an empty history', () => {
    assert.deepEqual(decodeHistory([]).events, []);
  });

  test('are found by their ids without decoding', () => {
    const whole = Buffer.concat(slices);
    const ranges = [...splitHistory(whole)];
    assert.deepEqual(
      ranges.map((range) => range.eventId),
      [1, 2, 300],
    );
    const tail = whole.subarray(ranges[1]?.start);
    assert.deepEqual(plain(decodeHistory([tail])), { events: events.slice(1) });
    assert.deepEqual(new Uint8Array(whole.subarray(ranges[2]?.start, ranges[2]?.end)), slices[2]);
  });

  test('have their id found wherever it stands, and unknown fields passed over', () => {
    const late = Uint8Array.of(0x12, 0, 0x0a, 4, 0x18, 1, 0x08, 9);
    assert.deepEqual([...splitHistory(late)], [{ eventId: 9, start: 2, end: 8 }]);
  });

  test('that end early are a DecodeError', () => {
    const cut = slices[0]?.subarray(0, -1) ?? new Uint8Array(0);
    assert.throws(() => [...splitHistory(cut)], DecodeError);
    assert.throws(() => decodeHistory([cut]), DecodeError);
  });
});

describe('splicing', () => {
  const replies = {
    'temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryResponse': {
      nextPageToken: Uint8Array.of(1),
      archived: true,
    },
    'temporal.api.workflowservice.v1.PollWorkflowTaskQueueResponse': {
      taskToken: Uint8Array.of(1, 2),
      workflowType: { name: 'greet' },
      startedEventId: 3,
      queries: { q: { queryType: 'state' } },
    },
  };

  for (const [name, message] of Object.entries(replies)) {
    test(`gives the bytes of encoding the whole ${name.slice(name.lastIndexOf('.') + 1)}`, () => {
      const expected = messageType(name).encode({ ...message, history: { events } });
      assert.deepEqual(encodeSpliced(name, message, slices), expected);
    });
  }

  test('of no slices still says that there is a history', () => {
    const name = 'temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryResponse';
    assert.deepEqual(encodeSpliced(name, {}, []), messageType(name).encode({ history: {} }));
  });

  test('reaches into nested messages and lists', () => {
    const name = 'temporal.api.workflowservice.v1.RespondWorkflowTaskCompletedResponse';
    const message = { workflowTask: { attempt: 2 }, resetHistoryEventId: 5 };
    const expected = messageType(name).encode({ ...message, workflowTask: { attempt: 2, history: { events } } });
    assert.deepEqual(encodeSpliced(name, message, slices, ['workflowTask', 'history']), expected);

    const multiple = 'temporal.api.workflowservice.v1.ExecuteMultiOperationResponse';
    const path = ['responses', 1, 'startWorkflow', 'eagerWorkflowTask', 'history'];
    const responses = [{ updateWorkflow: {} }, { startWorkflow: { runId: 'r', eagerWorkflowTask: { attempt: 1 } } }];
    const filled = [
      { updateWorkflow: {} },
      { startWorkflow: { runId: 'r', eagerWorkflowTask: { attempt: 1, history: { events } } } },
    ];
    assert.deepEqual(
      encodeSpliced(multiple, { responses }, slices, path),
      messageType(multiple).encode({ responses: filled }),
    );
    assert.deepEqual(placeHistory({ responses }, path, { events }), { responses: filled });
    assert.throws(() => encodeSpliced(multiple, {}, slices, path), /no message at 1 to put a history into/);
  });
});
