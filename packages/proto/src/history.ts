import { messageType, write } from './codec.ts';
import type { History, HistoryEvent } from './generated/messages.ts';
import type { Fields } from './wire/generated-code.ts';
import { Reader } from './wire/reader.ts';
import { wireType } from './wire/wire-type.ts';

const HISTORY = 'temporal.api.history.v1.History';

/** Tag of `History.events`. */
const EVENTS_TAG = 10;

/** Tag of `HistoryEvent.event_id`. */
const EVENT_ID_TAG = 8;

/**
 * One event as the bytes of a `History` that holds nothing else. Such bytes put one after the other are a `History` of
 * all the events, so events are encoded once and histories are made by concatenation.
 */
export function encodeHistoryEvent(event: HistoryEvent): Uint8Array {
  return messageType(HISTORY).encode({ events: [event] });
}

/** Where one event lies in the bytes of a `History`: `bytes.subarray(start, end)` is a `History` with that event. */
export interface EventRange {
  readonly eventId: number;
  readonly start: number;
  readonly end: number;
}

/** The events in the bytes of a `History`, without decoding them. Throws `DecodeError`. */
export function splitHistory(bytes: Uint8Array): readonly EventRange[] {
  const reader = new Reader(bytes);
  const ranges: EventRange[] = [];
  while (reader.position < reader.size) {
    const start = reader.position;
    const tag = reader.tag();
    if (tag !== EVENTS_TAG) {
      reader.skip(tag, 0);
      continue;
    }
    const end = reader.end();
    const eventId = readEventId(reader, end);
    reader.position = end;
    ranges.push({ eventId, start, end });
  }
  return ranges;
}

function readEventId(reader: Reader, end: number): number {
  let eventId = 0;
  while (reader.position < end && eventId === 0) {
    const tag = reader.tag();
    if (tag === EVENT_ID_TAG) eventId = reader.int64();
    else reader.skip(tag, 0);
  }
  return eventId;
}

/** The history that slices of encoded history make together. Throws `DecodeError`. */
export function decodeHistory(slices: Iterable<Uint8Array>): History {
  const type = wireType(HISTORY);
  let history: Fields | undefined;
  for (const slice of slices) {
    const reader = new Reader(slice);
    history = type.decode(reader, reader.size, 0, history);
  }
  return history ?? messageType(HISTORY).decode(new Uint8Array(0));
}

/** Where a message holds its history: field names, and indexes into lists. */
export type HistoryPath = readonly (string | number)[];

function place(target: unknown, path: HistoryPath, value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof target !== 'object' || target === null) throw new TypeError(`no message at ${step} to put a history into`);
  if (Array.isArray(target)) return target.with(Number(step), place(target[Number(step)], rest, value));
  return { ...target, [step]: place(rest.length === 0 ? undefined : (target as Fields)[step], rest, value) };
}

/** A copy of a message with a history put where the path says; the rest is shared. */
export function placeHistory(message: object, path: HistoryPath, history: History): object {
  return place(message, path, history) as object;
}

/**
 * Encodes a message whose history is already encoded: the slices are copied into its bytes in their order. The result
 * is what encoding the message with the decoded history in it would give.
 */
export function encodeSpliced(
  typeName: string,
  message: object,
  slices: readonly Uint8Array[],
  path: HistoryPath = ['history'],
): Uint8Array {
  // The encoder of History writes `slices` as they are: see compile-encoder.ts.
  const spliced = place(message, path, { slices });
  return write(typeName, spliced as Fields);
}
