import type { HistoryEvent } from '@perdure/proto/json-types';

/**
 * The events of an exported history: `{ "events": […] }`, the same within `history`, or the bare array. Enums may be
 * written in full or short (`ActivityTaskScheduled`), as old tools did. Throws in words where it is none of these.
 */
export function readHistoryFile(text: string): readonly HistoryEvent[] {
  const value = parse(text) as { events?: unknown; history?: { events?: unknown } } | unknown[];
  const events = Array.isArray(value) ? value : (value.events ?? value.history?.events);
  if (!Array.isArray(events) || events.length === 0)
    throw new Error('The file holds no history: there is no list of events in it.');
  return events.map((event, index) => readEvent(event, index));
}

function parse(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`The file is no JSON: ${error instanceof Error ? error.message : ''}`, { cause: error });
  }
  if (typeof value !== 'object' || value === null) throw new Error('The file holds no history.');
  return value;
}

function readEvent(value: unknown, index: number): HistoryEvent {
  const event = value as HistoryEvent | null;
  if (typeof event !== 'object' || event === null || event.eventId === undefined || event.eventType === undefined) {
    throw new Error(`Entry ${index + 1} is no event: it has no eventId and eventType.`);
  }
  return { ...event, eventId: String(event.eventId), eventType: fullType(event.eventType) };
}

function fullType(type: string): NonNullable<HistoryEvent['eventType']> {
  const full = type.startsWith('EVENT_TYPE_')
    ? type
    : `EVENT_TYPE_${type.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()}`;
  return full as NonNullable<HistoryEvent['eventType']>;
}
