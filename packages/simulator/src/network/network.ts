import { isRejection, reject, type Rejection } from '@perdure/core';
import type { MethodByPath } from '@perdure/proto';
import type { WallClock } from '../host/sim-host.ts';
import type { Random } from '../kernel/random.ts';
import type { Scheduler } from '../kernel/scheduler.ts';
import type { Trace } from '../kernel/trace.ts';
import type { InProcessCaller } from '@perdure/server/testing';
import { NO_NETWORK_FAULTS, type NetworkFaults } from './network-faults.ts';

const WORKFLOW_SERVICE = '/temporal.api.workflowservice.v1.WorkflowService/';
const OPERATOR_SERVICE = '/temporal.api.operatorservice.v1.OperatorService/';

/** Of OperatorService; every other method is of WorkflowService. */
type OperatorName = 'DeleteNamespace';

type PathOf<Name extends string> = Name extends OperatorName
  ? `/temporal.api.operatorservice.v1.OperatorService/${Name}`
  : `/temporal.api.workflowservice.v1.WorkflowService/${Name}`;
type WorkflowName = keyof MethodByPath extends infer Path
  ? Path extends `/temporal.api.workflowservice.v1.WorkflowService/${infer Name}`
    ? Name
    : never
  : never;
export type MethodName = WorkflowName | OperatorName;
export type RequestOf<Name extends MethodName> = MethodByPath[PathOf<Name>]['request'];
export type ReplyOf<Name extends MethodName> = MethodByPath[PathOf<Name>]['reply'];

/** What a caller gets: a reply, a refusal, or no word of what became of its request. */
export type Outcome<Message> =
  | { readonly kind: 'reply'; readonly message: Message }
  | Rejection
  | { readonly kind: 'lost' };

/** A server that can be reached. */
export interface Endpoint {
  readonly caller: InProcessCaller;
  readonly isAlive: boolean;
}

export interface CallOptions {
  readonly timeoutMs: number;
  /**
   * The caller relies on the order of its requests: none comes twice, and none arrives after the caller was told that it
   * is lost.
   */
  readonly ordered?: boolean;
  /** A long poll. */
  readonly poll?: boolean;
}

/** Looks at what passes. */
export interface Tap {
  /** A request has reached the server. What it gives is passed to `onReply`. */
  onRequest(name: MethodName, request: object): unknown;
  /** An answer leaves the server, whether it reaches the caller or not. */
  onReply(name: MethodName, request: object, reply: object | Rejection, noted: unknown): void;
  /** A handler threw. */
  onError(name: MethodName, error: unknown): void;
}

interface Flight {
  readonly caller: string;
  readonly name: MethodName;
  readonly poll: boolean;
  /** The server that works on it, and the caller's end of the connection. */
  at: Endpoint | undefined;
  readonly controller: AbortController;
  readonly settle: (outcome: Outcome<object>) => void;
}

/** However slow the network is: by then a request that is not lost has arrived, with its copy. */
export const ARRIVAL_MAX_MS = 3_000;

/** Requests and replies on their way, each with a fate of its own. */
export class Network {
  faults: NetworkFaults = NO_NETWORK_FAULTS;
  server: Endpoint | undefined;
  tap: Tap | undefined;
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #trace: Trace;
  readonly #clock: WallClock;
  readonly #flights = new Set<Flight>();

  constructor(scheduler: Scheduler, random: Random, trace: Trace, clock: WallClock) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#trace = trace;
    this.#clock = clock;
  }

  /** Calls a method. */
  call<Name extends MethodName>(
    caller: string,
    name: Name,
    request: RequestOf<Name>,
    options: CallOptions,
  ): Promise<Outcome<ReplyOf<Name>>> {
    return new Promise<Outcome<object>>((resolve) => {
      const timeout = this.#scheduler.after(options.timeoutMs, () => this.#break(flight));
      const settle = (outcome: Outcome<object>): void => {
        timeout.cancel();
        this.#flights.delete(flight);
        resolve(outcome);
      };
      const flight: Flight = {
        caller,
        name,
        poll: options.poll === true,
        at: undefined,
        controller: new AbortController(),
        settle,
      };
      this.#flights.add(flight);
      this.#send(flight, request, options);
    }) as Promise<Outcome<ReplyOf<Name>>>;
  }

  /** The caller is gone: the server notices, unless the connection only goes silent. */
  hangUp(caller: string): void {
    for (const flight of [...this.#flights]) {
      if (flight.caller !== caller) continue;
      this.#flights.delete(flight);
      if (this.#random.chance(0.7)) this.#abort(flight);
    }
  }

  /** The connections of some polls that wait at the server break. */
  breakSomePolls(): void {
    for (const flight of [...this.#flights]) {
      if (flight.poll && flight.at !== undefined && this.#random.chance(0.3)) this.#break(flight);
    }
  }

  /** The server is gone: its callers notice, sooner or later. */
  dropAll(): void {
    this.server = undefined;
    for (const flight of [...this.#flights]) {
      if (flight.at === undefined) continue;
      this.#scheduler.after(this.#delayMs(), () => flight.settle(LOST));
    }
  }

  #delayMs(): number {
    const { slow, delayMaxMs } = this.faults;
    return this.#random.chance(slow) ? this.#random.int(0, 2_000) : this.#random.delayMs(delayMaxMs);
  }

  #send(flight: Flight, request: object, options: CallOptions): void {
    const { lostRequest, doubled } = this.faults;
    if (this.#random.chance(lostRequest)) {
      this.#scheduler.after(this.#delayMs(), () => flight.settle(LOST));
      return;
    }
    this.#scheduler.after(this.#delayMs(), () => {
      if (this.#flights.has(flight) || options.ordered !== true) this.#arrive(flight, request);
    });
    if (options.ordered === true || !this.#random.chance(doubled)) return;
    const copy: Flight = { ...flight, caller: '', controller: new AbortController(), settle: () => undefined };
    this.#scheduler.after(this.#random.int(0, ARRIVAL_MAX_MS), () => this.#arrive(copy, request));
  }

  #arrive(flight: Flight, request: object): void {
    const { server } = this;
    if (server === undefined) {
      this.#scheduler.after(this.#delayMs(), () => flight.settle(LOST));
      return;
    }
    flight.at = server;
    const noted = this.tap?.onRequest(flight.name, request);
    const service = flight.name === 'DeleteNamespace' ? OPERATOR_SERVICE : WORKFLOW_SERVICE;
    const path = `${service}${flight.name}` as PathOf<typeof flight.name>;
    const options = { signal: flight.controller.signal, deadlineMs: this.#clock.now() + 120_000 };
    server.caller.call(path, request, options).then(
      (reply) => {
        flight.at = undefined;
        this.#answer(flight, request, reply, noted);
      },
      (error: unknown) => {
        flight.at = undefined;
        this.tap?.onError(flight.name, error);
        this.#leave(flight, reject.internal('internal error'));
      },
    );
  }

  #answer(
    flight: Flight,
    request: object,
    reply: { readonly kind: 'reply'; readonly message: object } | Rejection,
    noted: unknown,
  ): void {
    if (flight.controller.signal.aborted) return;
    try {
      this.tap?.onReply(flight.name, request, isRejection(reply) ? reply : reply.message, noted);
    } catch (error) {
      this.#scheduler.fail(error);
    }
    const said = isRejection(reply) ? `refused ${reply.status} ${reply.message}` : 'done';
    this.#trace.note(this.#scheduler.nowMs, `net: ${flight.caller} ${flight.name} ${said}`);
    if (this.#random.chance(this.faults.lostReply)) {
      this.#scheduler.after(this.#delayMs(), () => flight.settle(LOST));
    } else this.#leave(flight, reply);
  }

  #leave(flight: Flight, outcome: Outcome<object>): void {
    this.#scheduler.after(this.#delayMs(), () => flight.settle(outcome));
  }

  #break(flight: Flight): void {
    this.#abort(flight);
    flight.settle(LOST);
  }

  #abort(flight: Flight): void {
    if (flight.at?.isAlive === true) flight.controller.abort('hung up');
  }
}

const LOST = { kind: 'lost' } as const;
