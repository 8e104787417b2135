import type { Change, RecordedChange } from '@perdure/core';
import { decodeHistory, splitHistory } from '@perdure/proto';
import { decode } from '../message-pack/decode.ts';
import { encode } from '../message-pack/encode.ts';

/** The form of log rows and snapshots. Raised when an older program could not read what this one writes. */
const FORMAT = 1;

/** One transition as the store keeps it: the events, and the other changes with their places among the events. */
export interface EncodedTransition {
  readonly events: Uint8Array | undefined;
  readonly delta: Uint8Array | undefined;
}

type PlacedChange = readonly [eventsBefore: number, change: RecordedChange];

type EventChange = Extract<Change, { kind: 'event' }>;

/** Only workflows have events; every change of that name is one. */
export function isEvent(change: RecordedChange): change is EventChange {
  return change.kind === 'event';
}

export function encodeTransition(changes: readonly RecordedChange[]): EncodedTransition {
  const slices: Uint8Array[] = [];
  const placed: PlacedChange[] = [];
  for (const change of changes) {
    if (isEvent(change)) slices.push(change.bytes);
    else placed.push([slices.length, change]);
  }
  return {
    events: slices.length === 0 ? undefined : concatenate(slices),
    delta: placed.length === 0 ? undefined : encode([FORMAT, placed]),
  };
}

/** The changes of one row, in their order. */
export function decodeTransition(row: EncodedTransition): RecordedChange[] {
  const changes: RecordedChange[] = [];
  const placed = row.delta === undefined ? [] : decodeDelta(row.delta);
  let next = 0;
  let eventCount = 0;
  const takePlaced = (): void => {
    for (let entry = placed[next]; entry !== undefined && entry[0] <= eventCount; entry = placed[++next]) {
      changes.push(entry[1]);
    }
  };
  takePlaced();
  const events = row.events ?? EMPTY;
  for (const { start, end } of splitHistory(events)) {
    const bytes = events.subarray(start, end);
    for (const event of decodeHistory([bytes]).events ?? []) {
      const change: EventChange = { kind: 'event', event, bytes };
      changes.push(change);
    }
    eventCount += 1;
    takePlaced();
  }
  return changes;
}

function decodeDelta(delta: Uint8Array): readonly PlacedChange[] {
  const [format, placed] = decode(delta) as [number, PlacedChange[]];
  if (format !== FORMAT) throw new Error(`log row of unknown format ${format}`);
  return placed;
}

const EMPTY = new Uint8Array(0);

/** Bytes of their own: a run may keep them for long, and those of an event are part of a block that others share. */
function concatenate(slices: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(slices.reduce((total, slice) => total + slice.length, 0));
  let offset = 0;
  for (const slice of slices) {
    whole.set(slice, offset);
    offset += slice.length;
  }
  return whole;
}

export function encodeSnapshot(snapshot: object): Uint8Array {
  return encode([FORMAT, snapshot]);
}

/** Fields that were undefined are absent from what comes back; the core reads both alike. */
export function decodeSnapshot(body: Uint8Array): object {
  const [format, snapshot] = decode(body) as [number, object];
  if (format !== FORMAT) throw new Error(`snapshot of unknown format ${format}`);
  return snapshot;
}
