import { defaultPayloadConverter, fromPayloadsAtIndex, toPayloads } from '@temporalio/common';
import { msToTs, tsToMs } from '@temporalio/common/lib/time.js';
import protobuf from '@temporalio/proto';
import type { google, temporal } from '@temporalio/proto';

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
export type Command = temporal.api.command.v1.ICommand;
export type Payloads = temporal.api.common.v1.IPayloads;
export type Execution = temporal.api.common.v1.IWorkflowExecution;

const enums = protobuf.temporal.api.enums.v1;
export const { EventType, CommandType, WorkflowIdReusePolicy, WorkflowExecutionStatus } = enums;
export const { HistoryEvent: HistoryEventMessage } = protobuf.temporal.api.history.v1;

export const NAMESPACE = 'default';

/** One argument, result or detail, as JSON. */
export function payloadsOf(value: unknown): Payloads {
  return { payloads: toPayloads(defaultPayloadConverter, value) ?? [] };
}

/** The value that {@link payloadsOf} was given; the caller knows its type. */
export function valueOf<T>(payloads: Payloads | null | undefined): T {
  return fromPayloadsAtIndex<T>(defaultPayloadConverter, 0, payloads?.payloads);
}

export function durationOf(milliseconds: number): google.protobuf.IDuration {
  return msToTs(milliseconds);
}

/** Milliseconds of a duration or an instant, the fraction included. */
export function milliseconds(time: google.protobuf.ITimestamp | null | undefined): number {
  return tsToMs(time);
}

/** An int64 of the official messages. */
export function int64(value: { toNumber(): number } | number | null | undefined): number {
  return typeof value === 'number' ? value : (value?.toNumber() ?? 0);
}

/** The type of an event in words that a person reads: `ACTIVITY_TASK_STARTED`. */
export function typeName(event: HistoryEvent): string {
  return (EventType[event.eventType ?? 0] ?? 'UNSPECIFIED').replace('EVENT_TYPE_', '');
}
