import type { HistoryEvent, Payload } from '@perdure/proto/json-types';
import { readPayload } from '../payload.ts';
import { attributesOf, eventTypeWords } from './events.ts';
import type { EventGroup } from './groups.ts';

const textLengthMax = 20_000;
const eventTexts = new WeakMap<HistoryEvent, string>();

/** Everything that an event says, payloads decoded, in lower case: what a search looks through. Made once an event. */
export function eventText(event: HistoryEvent): string {
  let text = eventTexts.get(event);
  if (text === undefined) {
    const words: string[] = [event.eventId ?? '', eventTypeWords(event)];
    collect(attributesOf(event), words);
    collect(event.userMetadata, words);
    text = words.join('\n').toLowerCase();
    eventTexts.set(event, text);
  }
  return text;
}

export function groupText(group: EventGroup): string {
  return `${group.name.toLowerCase()}\n${group.events.map(eventText).join('\n')}`;
}

function collect(value: unknown, words: string[]): void {
  if (typeof value === 'string') words.push(value.slice(0, textLengthMax));
  else if (typeof value === 'number') words.push(String(value));
  else if (Array.isArray(value)) for (const item of value) collect(item, words);
  else if (isPayload(value)) words.push(payloadText(value));
  else if (typeof value === 'object' && value !== null) for (const field of Object.values(value)) collect(field, words);
}

function isPayload(value: unknown): value is Payload {
  return (
    typeof value === 'object' && value !== null && 'metadata' in value && ('data' in value || isNullPayload(value))
  );
}

function isNullPayload({ metadata }: { metadata?: unknown }): boolean {
  return typeof metadata === 'object' && metadata !== null && 'encoding' in metadata;
}

function payloadText(payload: Payload): string {
  const read = readPayload(payload);
  return read.kind === 'json' ? JSON.stringify(read.value).slice(0, textLengthMax) : '';
}
