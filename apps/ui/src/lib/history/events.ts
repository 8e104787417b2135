import type { Failure, HistoryEvent, Payload, Payloads } from '@perdure/proto/json-types';
import { instantMs } from '../time.ts';

type Attributes = Readonly<Record<string, unknown>>;

/** An event's own attributes, whatever its type. */
export function attributesOf(event: HistoryEvent): Attributes {
  for (const name in event) if (name.endsWith('EventAttributes')) return (event as Attributes)[name] as Attributes;
  return {};
}

export function eventIdOf(event: HistoryEvent): number {
  return Number(event.eventId ?? 0);
}

export function eventTimeMs(event: HistoryEvent): number {
  return instantMs(event.eventTime) ?? 0;
}

/** `ActivityTaskScheduled`: the type as the protocol's documents write it. */
export function eventTypeName(event: HistoryEvent): string {
  return pascalCase((event.eventType ?? '').replace('EVENT_TYPE_', '')) || 'Unknown';
}

/** `Activity task scheduled`: the same in words. */
export function eventTypeWords(event: HistoryEvent): string {
  const words = (event.eventType ?? 'unknown').replace('EVENT_TYPE_', '').replaceAll('_', ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function pascalCase(name: string): string {
  return name.toLowerCase().replaceAll(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `Timed out` of `EVENT_TYPE_TIMED_OUT`, given `EVENT_TYPE_`. */
export function enumWords(value: string | undefined, prefix: string): string {
  const words = (value ?? '').replace(prefix, '').replaceAll('_', ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function failureOf(event: HistoryEvent): Failure | undefined {
  return attributesOf(event).failure as Failure | undefined;
}

/** The failure that began it: the innermost cause, for the line that says what is the matter. */
export function rootCause(failure: Failure): Failure {
  let current = failure;
  while (current.cause !== undefined) current = current.cause;
  return current;
}

/** `OrderRefused: the address…`: type and message, as a program's output would have them. */
export function failureLine(failure: Failure): string {
  const type = failure.applicationFailureInfo?.type;
  const timeout = failure.timeoutFailureInfo?.timeoutType;
  const message = failure.message ?? '';
  if (type !== undefined && type !== '' && type !== 'Error') return message === '' ? type : `${type}: ${message}`;
  if (message !== '') return message;
  return timeout === undefined ? 'no message' : `${enumWords(timeout, 'TIMEOUT_TYPE_')} timeout`;
}

/** What an event holds for a reader before all else: its arguments or its result. */
export function payloadsOf(event: HistoryEvent): readonly (readonly [string, readonly Payload[]])[] {
  const found: (readonly [string, readonly Payload[]])[] = [];
  for (const [name, value] of Object.entries(attributesOf(event))) {
    const payloads = (value as Payloads | undefined)?.payloads;
    if (Array.isArray(payloads)) found.push([name, payloads as readonly Payload[]]);
  }
  const update = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.args?.payloads;
  if (update !== undefined) found.push(['input', update]);
  const outcome = event.workflowExecutionUpdateCompletedEventAttributes?.outcome?.success?.payloads;
  if (outcome !== undefined) found.push(['result', outcome]);
  return found;
}
