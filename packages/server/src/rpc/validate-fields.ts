import { durationProblem, payloadsSize, reject, utf8Length, type Limits, type Rejection } from '@perdure/core';
import type { Duration, Payloads, Timestamp, WorkflowExecution } from '@perdure/proto/types';

/** An execution that a request names: checked, the run id in lower case (empty: the current run). */
export interface ExecutionIds {
  readonly workflowId: string;
  readonly runId: string;
}

/** Go's zero time, which Temporal's server shows for what never was: a run without a timeout, a version never set. */
export const NO_TIME: Timestamp = { seconds: -62_135_596_800 };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The execution of a request. Temporal: frontend/validators.go, validateExecution. */
export function executionIds(execution: WorkflowExecution | undefined): ExecutionIds | Rejection {
  if (execution === undefined) return reject.invalidArgument('Execution is not set on request.');
  const { workflowId = '', runId = '' } = execution;
  if (workflowId === '') return reject.invalidArgument('WorkflowId is not set on request.');
  return runIdRefusal(runId) ?? { workflowId, runId: runId.toLowerCase() };
}

/** Run ids are UUIDs; empty means the current run. */
export function runIdRefusal(runId: string): Rejection | undefined {
  return runId === '' || UUID.test(runId) ? undefined : reject.invalidArgument('Invalid RunId.');
}

/** Refuses a text of more bytes than an id may have. `what` begins Temporal's message: `Identity`, `SignalName`. */
export function lengthRefusal(what: string, text: string | undefined, limits: Limits): Rejection | undefined {
  if (text === undefined || utf8Length(text) <= limits.idLengthMax) return undefined;
  return reject.invalidArgument(`${what} length exceeds limit.`);
}

/** The newer form of the same, which tells the lengths. Temporal: chasm/lib/workflow/validator.go. */
export function detailedLengthRefusal(what: string, text: string, { idLengthMax }: Limits): Rejection | undefined {
  const length = utf8Length(text);
  if (length <= idLengthMax) return undefined;
  return reject.invalidArgument(`${what} exceeds maximum allowed length (${length}/${idLengthMax})`);
}

/** What a caller is told whose payloads are too large. Temporal: common/util.go, ErrBlobSizeExceedsLimit. */
export const BLOB_TOO_LARGE = 'Blob data size exceeds limit.';

export function payloadsRefusal(payloads: Payloads | undefined, limits: Limits): Rejection | undefined {
  return payloadsSize(payloads) > limits.blobSizeBytesMax ? reject.invalidArgument(BLOB_TOO_LARGE) : undefined;
}

/** `name` as in `WorkflowRunTimeoutSeconds`. Temporal: chasm/lib/workflow/validator.go. */
export function durationRefusal(name: string, duration: Duration | undefined): Rejection | undefined {
  const problem = durationProblem(duration);
  if (problem === undefined) return undefined;
  return reject.invalidArgument(`An invalid ${name} is set on request. cause: ${problem}`);
}

/** Refuses a number that the enum does not have: taken for the default it would be a silent mistake. */
export function enumRefusal(
  name: string,
  values: Readonly<Record<string, number>>,
  value: number | undefined,
): Rejection | undefined {
  if (value === undefined || Object.values(values).includes(value)) return undefined;
  return reject.invalidArgument(`Invalid ${name}: ${value} is not supported for this operation.`);
}

/** The first refusal of several checks. */
export function firstOf(...checks: readonly (() => Rejection | undefined)[]): Rejection | undefined {
  for (const check of checks) {
    const refusal = check();
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
