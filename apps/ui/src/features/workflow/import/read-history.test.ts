import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHistoryFile } from './read-history.ts';

test('the forms that tools have written', () => {
  const event = { eventId: 1, eventType: 'ActivityTaskScheduled' };
  const read = [{ eventId: '1', eventType: 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED' }];
  for (const file of [{ events: [event] }, { history: { events: [event] } }, [event]]) {
    assert.deepEqual(readHistoryFile(JSON.stringify(file)), read);
  }
});

test('what is no history says so', () => {
  assert.throws(() => readHistoryFile('<html>'), /no JSON/);
  assert.throws(() => readHistoryFile('{"events":[]}'), /no list of events/);
  assert.throws(() => readHistoryFile('[{"eventId":1},2]'), /Entry 1 is no event/);
});
