import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/common';

/** A failure chain as plain data, so that a workflow can return it and a test can compare it. */
export type FailureSummary = {
  readonly kind: string;
  readonly message?: string;
  readonly type?: string;
  readonly retryState?: string | undefined;
  readonly timeoutType?: string | undefined;
  readonly details?: readonly unknown[];
  readonly lastHeartbeat?: unknown;
  readonly cause?: FailureSummary;
};

/** What a step came to: its value, or the failure it threw. */
export type Outcome<T> = { readonly value: T } | { readonly failure: FailureSummary };

/** The parts of a failure chain that the server and the worker decide; stacks and identities are left out. */
export function summarize(error: unknown): FailureSummary {
  if (!(error instanceof Error)) return { kind: typeof error, message: String(error) };
  const cause = error.cause === undefined ? {} : { cause: summarize(error.cause) };
  if (error instanceof ActivityFailure) return { kind: 'ActivityFailure', retryState: error.retryState, ...cause };
  if (error instanceof ChildWorkflowFailure) {
    return { kind: 'ChildWorkflowFailure', retryState: error.retryState, ...cause };
  }
  if (error instanceof ApplicationFailure) return { ...applicationSummary(error), ...cause };
  if (error instanceof TimeoutFailure) return timeoutSummary(error);
  if (error instanceof CancelledFailure) {
    return { kind: 'CancelledFailure', ...(error.details.length === 0 ? {} : { details: error.details }), ...cause };
  }
  if (error instanceof TerminatedFailure) return { kind: 'TerminatedFailure' };
  return { kind: error.constructor.name, message: error.message, ...cause };
}

function applicationSummary(error: ApplicationFailure): FailureSummary {
  return {
    kind: 'ApplicationFailure',
    message: error.message,
    ...(typeof error.type === 'string' && error.type !== '' ? { type: error.type } : {}),
    ...(error.details && error.details.length > 0 ? { details: error.details } : {}),
  };
}

function timeoutSummary(error: TimeoutFailure): FailureSummary {
  const { lastHeartbeatDetails } = error;
  return {
    kind: 'TimeoutFailure',
    message: error.message,
    timeoutType: error.timeoutType,
    ...(lastHeartbeatDetails === undefined || lastHeartbeatDetails === null
      ? {}
      : { lastHeartbeat: lastHeartbeatDetails }),
    ...(error.cause === undefined ? {} : { cause: summarize(error.cause) }),
  };
}

/** Waits for `promise` and turns what it throws into data. */
export async function outcomeOf<T>(promise: Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await promise };
  } catch (error) {
    return { failure: summarize(error) };
  }
}
