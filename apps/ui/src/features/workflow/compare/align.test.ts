import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonPayload } from '../../../lib/payload.ts';
import { groupEvents } from '../../../lib/history/groups.ts';
import { alignGroups } from './align.ts';

function activity(id: number, name: string, input: unknown, ending: 'COMPLETED' | 'FAILED' = 'COMPLETED') {
  return [
    {
      eventId: String(id),
      eventType: 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED',
      activityTaskScheduledEventAttributes: { activityType: { name }, input: { payloads: [jsonPayload(input)] } },
    },
    {
      eventId: String(id + 1),
      eventType: `EVENT_TYPE_ACTIVITY_TASK_${ending}`,
      [ending === 'COMPLETED' ? 'activityTaskCompletedEventAttributes' : 'activityTaskFailedEventAttributes']: {
        scheduledEventId: String(id),
      },
    },
  ] as const;
}

test('the same steps face each other, and what differs is named', () => {
  const left = groupEvents([
    ...activity(1, 'reserve', 1),
    ...activity(3, 'charge', 20),
    ...activity(5, 'mail', 'a'),
  ] as never);
  const right = groupEvents([
    ...activity(1, 'reserve', 1),
    ...activity(3, 'check', 0),
    ...activity(5, 'charge', 30),
    ...activity(7, 'mail', 'a', 'FAILED'),
  ] as never);
  assert.deepEqual(
    alignGroups(left, right).map((pair) => [pair.left?.name, pair.right?.name, pair.difference]),
    [
      ['reserve', 'reserve', 'same'],
      [undefined, 'check', 'added'],
      ['charge', 'charge', 'values'],
      ['mail', 'mail', 'outcome'],
    ],
  );
});
