import type { HistoryEvent, Payload, SearchAttributes } from '@perdure/proto/types';
import { AttributeType, encodeAttribute } from '../visibility/index.ts';
import type { Run } from './run.ts';

/** What the payloads of a history refer to in storage elsewhere, as the SDKs that put it there have told. */
export interface ExternalPayloads {
  readonly count: number;
  readonly sizeBytes: number;
}

const NONE: ExternalPayloads = { count: 0, sizeBytes: 0 };

export function externalPayloads(run: Run): ExternalPayloads {
  return run.externalPayloads ?? NONE;
}

/** An event has come to the history: what it refers to is counted. */
export function applyExternalPayloads(run: Run, event: HistoryEvent): void {
  const found = externalPayloadsIn(event);
  if (found === NONE) return;
  const { count, sizeBytes } = externalPayloads(run);
  run.externalPayloads = { count: count + found.count, sizeBytes: sizeBytes + found.sizeBytes };
}

/** As a closed run is found by it; undefined where there is none. Temporal: visibility_queue_task_executor.go. */
export function externalPayloadAttributes(run: Run): SearchAttributes | undefined {
  if (run.externalPayloads === undefined) return undefined;
  const { count, sizeBytes } = run.externalPayloads;
  return {
    indexedFields: {
      TemporalExternalPayloadCount: encodeAttribute(count, AttributeType.Int),
      TemporalExternalPayloadSizeBytes: encodeAttribute(sizeBytes, AttributeType.Int),
    },
  };
}

/** The fields of a message, or of a map, by name. */
type Fields = Readonly<Record<string, unknown>>;

/** Where an event has payloads, or messages that have them: not in search attributes, which the server reads itself. */
const PLACES: ReadonlySet<string> = new Set([
  ...['input', 'result', 'details', 'summary', 'header', 'memo', 'upsertedMemo', 'lastCompletionResult'],
  ...['failure', 'lastFailure', 'continuedFailure', 'request', 'acceptedRequest', 'rejectedRequest', 'outcome'],
]);

/** What the payloads of an event refer to. Temporal: service/history/workflow/external_payload_size.go. */
export function externalPayloadsIn(event: HistoryEvent): ExternalPayloads {
  let found = event.eventGroupMarkers === undefined ? NONE : withExternalOf(event.eventGroupMarkers, '', NONE);
  for (const name in event) {
    const part = (event as Fields)[name];
    if (typeof part !== 'object' || part === null) continue;
    for (const field in part) {
      if (PLACES.has(field)) found = withExternalOf((part as Fields)[field], field, found);
    }
  }
  return found;
}

function withExternalOf(value: unknown, name: string, before: ExternalPayloads): ExternalPayloads {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return before;
  if (Array.isArray(value)) {
    // The names in a map are somebody else's choice, but its values are no lists.
    if (name === 'externalPayloads') return withDetails(value as Details, before);
    return (value as unknown[]).reduce<ExternalPayloads>((found, item) => withExternalOf(item, '', found), before);
  }
  let found = before;
  for (const field in value) found = withExternalOf((value as Fields)[field], field, found);
  return found;
}

type Details = NonNullable<Payload['externalPayloads']>;

function withDetails(details: Details, before: ExternalPayloads): ExternalPayloads {
  if (details.length === 0) return before;
  const sizeBytes = details.reduce((bytes, detail) => bytes + (detail.sizeBytes ?? 0), before.sizeBytes);
  return { count: before.count + details.length, sizeBytes };
}
