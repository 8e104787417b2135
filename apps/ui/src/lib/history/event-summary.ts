import type { HistoryEvent } from '@perdure/proto/json-types';
import { shorten, summarize } from '../payload.ts';
import { durationMs, formatDuration } from '../time.ts';
import { attributesOf, failureLine, failureOf, payloadsOf, rootCause } from './events.ts';

/** What an event says in one line: names first, then the failure or the value. */
export function eventSummary(event: HistoryEvent): string {
  const says = failureIn(event) ?? valueIn(event) ?? '';
  // Who did it says less than what came of it.
  const name = nameIn(event) ?? (says === '' ? workerIn(event) : undefined);
  return [name, says].filter((part) => part !== undefined && part !== '').join('  ');
}

interface Named {
  readonly activityType?: { readonly name?: string };
  readonly workflowType?: { readonly name?: string };
  readonly signalName?: string;
  readonly markerName?: string;
  readonly timerId?: string;
  readonly startToFireTimeout?: string;
  readonly workflowExecution?: { readonly workflowId?: string };
  readonly workflowId?: string;
  readonly operation?: string;
  readonly reason?: string;
  readonly identity?: string;
  readonly attempt?: number;
}

function nameIn(event: HistoryEvent): string | undefined {
  const named = attributesOf(event) as Named;
  if (named.timerId !== undefined) {
    const ms = durationMs(named.startToFireTimeout);
    return ms === undefined ? `timer ${named.timerId}` : `timer ${named.timerId} of ${formatDuration(ms)}`;
  }
  const update = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.name;
  const name = named.activityType?.name ?? named.signalName ?? update ?? named.operation ?? named.markerName;
  if (name !== undefined) return name;
  if (named.workflowType?.name !== undefined) {
    return [named.workflowType.name, named.workflowId ?? named.workflowExecution?.workflowId].filter(Boolean).join(' ');
  }
  return named.reason;
}

function workerIn(event: HistoryEvent): string | undefined {
  const { attempt, identity } = attributesOf(event) as Named;
  if (identity === undefined || identity === '') return undefined;
  return attempt !== undefined && attempt > 1 ? `${identity}, attempt ${attempt}` : identity;
}

function failureIn(event: HistoryEvent): string | undefined {
  const failure = failureOf(event);
  return failure && shorten(failureLine(rootCause(failure)), 300);
}

function valueIn(event: HistoryEvent): string | undefined {
  const [first] = payloadsOf(event);
  return first?.[1].map((payload) => summarize(payload, 200)).join(', ');
}
