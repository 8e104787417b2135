import { type ServiceError, status } from '@grpc/grpc-js';
import { Connection } from '@temporalio/client';
import { setTimeout as delay } from 'node:timers/promises';

/** The workflow service as the official client calls it, without the client's own retries. */
export type WorkflowService = Connection['workflowService'];

/** What became of a call that was made again and again until the server answered. */
export type Answer<T> =
  | { readonly kind: 'reply'; readonly reply: T; readonly isFirstTry: boolean }
  | { readonly kind: 'refused'; readonly error: ServiceError; readonly isFirstTry: boolean };

const CALL_DEADLINE_MS = 3_000;
const RETRY_DELAY_MS = 25;
/** Longer than any server is down in these tests, or a worker takes to start, on a machine that is busy. */
const PATIENCE_MS = 90_000;

/** Calls over one connection that finds the server again soon after a restart. */
export class Service {
  readonly #connection: Connection;
  #isClosed = false;

  constructor(address: string) {
    this.#connection = Connection.lazy({
      address,
      interceptors: [],
      channelArgs: {
        'grpc.initial_reconnect_backoff_ms': 20,
        'grpc.min_reconnect_backoff_ms': 20,
        'grpc.max_reconnect_backoff_ms': 100,
        // Each connection of a test is one of its own.
        'grpc.use_local_subchannel_pool': 1,
      },
    });
  }

  /** Calls under way end; nobody insists any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#connection.close();
  }

  /** One try. Rejects with a {@link ServiceError}. */
  async once<T>(call: (service: WorkflowService) => Promise<T>, deadlineMs = CALL_DEADLINE_MS): Promise<T> {
    return await this.#connection.withDeadline(Date.now() + deadlineMs, () => call(this.#connection.workflowService));
  }

  /** A long poll; undefined when it was called off or the server went away. */
  async poll<T>(
    call: (service: WorkflowService) => Promise<T>,
    deadlineMs: number,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    try {
      return await this.#connection.withAbortSignal(signal, () => this.once(call, deadlineMs));
    } catch (error) {
      if (!isLost(error)) throw error;
      return undefined;
    }
  }

  /** What a caller waits before it tries again. */
  async pause(): Promise<void> {
    await delay(RETRY_DELAY_MS);
  }

  /** Tries until the server has answered, with a reply or a refusal. */
  async insist<T>(call: (service: WorkflowService) => Promise<T>): Promise<Answer<T>> {
    const deadline = Date.now() + PATIENCE_MS;
    for (let isFirstTry = true; ; isFirstTry = false) {
      try {
        return { kind: 'reply', reply: await this.once(call), isFirstTry };
      } catch (error) {
        if (!isLost(error)) {
          if (isRefusal(error)) return { kind: 'refused', error, isFirstTry };
          throw error;
        }
        if (this.#isClosed || Date.now() > deadline)
          throw new Error('the server does not answer any more', { cause: error });
        await this.pause();
      }
    }
  }

  /** The same for a call that nothing may refuse. */
  async demand<T>(call: (service: WorkflowService) => Promise<T>): Promise<T> {
    const answer = await this.insist(call);
    if (answer.kind === 'refused') throw answer.error;
    return answer.reply;
  }
}

/** Whether the call may have been carried out or not: the connection broke, or time ran out. */
function isLost(error: unknown): boolean {
  if (!isServiceError(error)) return false;
  switch (error.code) {
    case status.UNAVAILABLE:
    case status.DEADLINE_EXCEEDED:
    case status.CANCELLED:
    case status.RESOURCE_EXHAUSTED:
      return true;
    case status.INTERNAL:
      // What grpc-js makes of a stream that the peer's end has reset.
      return error.details.includes('RST_STREAM');
    case status.UNKNOWN:
      return error.details.includes('without gRPC status');
    default:
      return false;
  }
}

/** Refusals that a well-formed request can meet; anything else is a failure of the test. */
function isRefusal(error: unknown): error is ServiceError {
  const refusals: readonly status[] = [
    status.NOT_FOUND,
    status.ALREADY_EXISTS,
    status.FAILED_PRECONDITION,
    status.INVALID_ARGUMENT,
  ];
  return isServiceError(error) && refusals.includes(error.code);
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error && typeof error.details === 'string';
}
