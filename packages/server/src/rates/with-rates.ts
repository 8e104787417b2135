import { ExhaustedCause, ExhaustedScope, reject, type Rejection } from '@perdure/core';
import type { DynamicConfig } from '../config/dynamic-config.ts';
import type { CallContext, Handler, HandlerTable, Reply } from '../rpc/handler.ts';
import { mayWait, type MethodRate, OPERATOR_PRIORITY, rateOf } from './method-rates.ts';
import { PriorityLimiter, type Rate } from './priority-limiter.ts';

/** What limiting takes. */
export interface RatesOptions {
  readonly config: DynamicConfig;
  /** The host's clock, milliseconds. */
  readonly now: () => number;
  /** Whether there is a namespace of this name. What callers make up gets no limiter of its own. */
  readonly isKnown: (namespace: string) => boolean;
}

/** Texts: Temporal, common/rpc/interceptor. */
const TOO_MANY_WAIT = reject.resourceExhausted(
  ExhaustedCause.ConcurrentLimit,
  'namespace concurrent poller limit exceeded',
);
const NAMESPACE_TOO_FAST = reject.resourceExhausted(ExhaustedCause.RpsLimit, 'namespace rate limit exceeded');
const SERVICE_TOO_FAST = reject.resourceExhausted(
  ExhaustedCause.RpsLimit,
  'service rate limit exceeded',
  ExhaustedScope.System,
);

/** The header by which tools of operators say what they are, and what they say. Temporal: common/headers/caller_info.go. */
const CALLER_TYPE = 'caller-type';
const OPERATOR = 'operator';

/** How many seconds of the server's rate may come at once. Temporal: common/quotas, defaultIncomingRateBurstRatio. */
const SERVICE_BURST_SECONDS = 2;

type LimitedRequest = { readonly namespace?: string; readonly waitNewEvent?: boolean };
type Limiters = Readonly<Record<MethodRate['kind'], PriorityLimiter>>;

/** The same handlers, kept to the rates of the server and of each namespace, and to the calls that may wait at a time. */
export function withRates(handlers: HandlerTable, options: RatesOptions): HandlerTable {
  const rates = new Rates(options);
  return new Map([...handlers].map(([path, handler]) => [path, limit(path, handler, rates)]));
}

function limit(path: string, handler: Handler, rates: Rates): Handler {
  return (request: LimitedRequest, context: CallContext): Promise<Reply> | Reply => {
    const { namespace = '', waitNewEvent = false } = request;
    const leave = mayWait(path, waitNewEvent) ? rates.enter(path, namespace) : undefined;
    if (leave === false) return TOO_MANY_WAIT;
    const serve = (): Promise<Reply> | Reply =>
      rates.refusal(path, namespace, waitNewEvent, context) ?? handler(request as never, context);
    return leave === undefined ? serve() : whileIn(leave, serve);
  };
}

async function whileIn(leave: () => void, serve: () => Promise<Reply> | Reply): Promise<Reply> {
  try {
    return await serve();
  } finally {
    leave();
  }
}

class Rates {
  readonly #options: RatesOptions;
  readonly #service: Limiters;
  readonly #byNamespace = new Map<string, Limiters>();
  /** Calls that wait, by method and namespace. */
  readonly #waiting = new Map<string, number>();

  constructor(options: RatesOptions) {
    this.#options = options;
    const { config, now } = options;
    const rate = (): Rate => rateOfSeconds(config.get('frontend.rps'), SERVICE_BURST_SECONDS);
    const nowMs = now();
    this.#service = { execution: new PriorityLimiter(rate, nowMs), visibility: new PriorityLimiter(rate, nowMs) };
  }

  /** Counts a call that may wait, until the returned function is called; false where too many do already. */
  enter(path: string, namespace: string): (() => void) | false {
    const { config, isKnown } = this.#options;
    const key = `${path} ${isKnown(namespace) ? namespace : ''}`;
    const count = this.#waiting.get(key) ?? 0;
    if (count >= config.get('frontend.namespaceCount', { namespace })) return false;
    this.#waiting.set(key, count + 1);
    return () => {
      const left = (this.#waiting.get(key) ?? 0) - 1;
      if (left > 0) this.#waiting.set(key, left);
      else this.#waiting.delete(key);
    };
  }

  refusal(path: string, namespace: string, isLongPoll: boolean, context: CallContext): Rejection | undefined {
    const rate = rateOf(path, isLongPoll);
    if (rate === undefined) return undefined;
    const refusal = this.#take(rate, namespace);
    // Who asks is looked at only where it matters: reading the headers costs each call something.
    const isOperator = refusal !== undefined && context.headers.get(CALLER_TYPE) === OPERATOR;
    return isOperator ? this.#take({ kind: rate.kind, priority: OPERATOR_PRIORITY }, namespace) : refusal;
  }

  #take({ kind, priority }: MethodRate, namespace: string): Rejection | undefined {
    const nowMs = this.#options.now();
    if (this.#ofNamespace(namespace, nowMs)?.[kind].take(priority, nowMs) === false) return NAMESPACE_TOO_FAST;
    return this.#service[kind].take(priority, nowMs) ? undefined : SERVICE_TOO_FAST;
  }

  #ofNamespace(namespace: string, nowMs: number): Limiters | undefined {
    const { config, isKnown } = this.#options;
    const found = this.#byNamespace.get(namespace);
    if (found !== undefined || !isKnown(namespace)) return found;
    const at = { namespace };
    const execution = (): Rate =>
      rateOfSeconds(config.get('frontend.namespaceRPS', at), config.get('frontend.namespaceBurstRatio', at));
    const visibility = (): Rate =>
      rateOfSeconds(
        config.get('frontend.namespaceRPS.visibility', at),
        config.get('frontend.namespaceBurstRatio.visibility', at),
      );
    const made = {
      execution: new PriorityLimiter(execution, nowMs),
      visibility: new PriorityLimiter(visibility, nowMs),
    };
    this.#byNamespace.set(namespace, made);
    return made;
  }
}

function rateOfSeconds(perSecond: number, seconds: number): Rate {
  return { perSecond, burst: Math.max(1, Math.ceil(perSecond * Math.max(1, seconds))) };
}
