import { GrpcStatus } from '@perdure/core';
import type { Random } from '../kernel/random.ts';
import type { Scheduler } from '../kernel/scheduler.ts';
import type { CallOptions, MethodName, Network, Outcome, ReplyOf, RequestOf } from '../network/network.ts';

/** What every actor needs. */
export interface Stage {
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly random: Random;
}

/** How long a caller waits for a reply, and how often it tries a request of unknown outcome again. */
const TIMEOUT_MS = 10_000;
const TRIES = 12;

/** A client or a worker: a process of its own. When it is dead, nothing that it waits for happens any more. */
export class Actor {
  readonly name: string;
  protected readonly stage: Stage;
  protected readonly random: Random;
  #alive = true;

  constructor(stage: Stage, name: string) {
    this.stage = stage;
    this.name = name;
    this.random = stage.random.fork(name);
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  /** Ends it at once, with all of its connections. */
  die(): void {
    this.#alive = false;
    this.stage.network.hangUp(this.name);
  }

  /** Lets it do something beside what it does. */
  protected spawn(work: () => Promise<void>): void {
    work().catch((error: unknown) => this.stage.scheduler.fail(error));
  }

  protected sleep(delayMs: number): Promise<void> {
    return this.#whileAlive(this.stage.scheduler.sleep(delayMs));
  }

  protected call<Name extends MethodName>(
    name: Name,
    request: RequestOf<Name>,
    options: Partial<CallOptions> = {},
  ): Promise<Outcome<ReplyOf<Name>>> {
    return this.#whileAlive(this.stage.network.call(this.name, name, request, { timeoutMs: TIMEOUT_MS, ...options }));
  }

  /** Calls until the server has said something definite, or patience ends: then the outcome is that of the last try. */
  protected async persist<Name extends MethodName>(
    name: Name,
    request: RequestOf<Name>,
    options: Partial<CallOptions> = {},
  ): Promise<Outcome<ReplyOf<Name>>> {
    let outcome = await this.call(name, request, options);
    for (let tries = 1; tries < TRIES && isTransient(outcome); tries++) {
      await this.sleep(this.random.int(10, 100) * tries);
      outcome = await this.call(name, request, options);
    }
    return outcome;
  }

  #whileAlive<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => {
          if (this.#alive) resolve(value);
        },
        (error: unknown) => reject(error as Error),
      );
    });
  }
}

/** Nothing definite: the caller may try again. */
export function isTransient(outcome: Outcome<unknown>): boolean {
  if (outcome.kind === 'lost') return true;
  if (outcome.kind === 'reply') return false;
  const { Unavailable, ResourceExhausted, Internal, DeadlineExceeded } = GrpcStatus;
  return ([Unavailable, ResourceExhausted, Internal, DeadlineExceeded] as readonly number[]).includes(outcome.status);
}
