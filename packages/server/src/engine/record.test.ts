import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change } from '@perdure/core';
import { encodeHistoryEvent } from '@perdure/proto';
import { decodeSnapshot, decodeTransition, encodeSnapshot, encodeTransition } from './record.ts';

function event(eventId: number): Change {
  const recorded = { eventId, eventTime: { seconds: 1, nanos: 0 } };
  return { kind: 'event', event: recorded, bytes: encodeHistoryEvent(recorded) };
}

const volatileChanges: Change[] = [
  { kind: 'closeAttempted', attempted: true },
  { kind: 'flushed', count: 2 },
];

function shape(changes: readonly Change[]): string[] {
  return changes.map((change) => (change.kind === 'event' ? `event ${change.event.eventId}` : change.kind));
}

test('a transition comes back with its changes in their order', () => {
  const [closeAttempted, flushed] = volatileChanges;
  assert.ok(closeAttempted !== undefined && flushed !== undefined);
  const orders: Change[][] = [
    [closeAttempted, event(1), flushed, event(2)],
    [event(1), event(2), closeAttempted, flushed],
    [closeAttempted, flushed],
    [event(7)],
    [],
  ];
  for (const changes of orders) {
    const decoded = decodeTransition(encodeTransition(changes)) as Change[];
    assert.deepEqual(shape(decoded), shape(changes));
    for (const [index, change] of changes.entries()) {
      if (change.kind !== 'event') assert.deepEqual(decoded[index], change);
    }
  }
});

test('a transition without events, or without anything else, takes no bytes for them', () => {
  assert.deepEqual(encodeTransition([]), { events: undefined, delta: undefined });
  assert.equal(encodeTransition(volatileChanges).events, undefined);
  assert.equal(encodeTransition([event(1)]).delta, undefined);
});

test('a snapshot keeps maps, sets, bytes and deep failures', () => {
  let failure: { message: string; cause?: unknown } = { message: 'root' };
  for (let depth = 0; depth < 200; depth++) failure = { message: `level ${depth}`, cause: failure };
  const value = {
    activities: new Map([[5, { attempt: 2, details: new Uint8Array([1, 2]), seen: new Set(['a', 'b']) }]]),
    failure,
    missing: undefined,
  };
  const back: unknown = decodeSnapshot(encodeSnapshot(value as never));
  assert.deepEqual(back, { activities: value.activities, failure });
});

test('a row or a snapshot of another format is refused', () => {
  const snapshot = encodeSnapshot({} as never);
  const other = Uint8Array.from(snapshot);
  other[1] = 99;
  assert.throws(() => decodeSnapshot(other), /unknown format/);
  assert.throws(() => decodeTransition({ events: undefined, delta: other }), /unknown format/);
});
