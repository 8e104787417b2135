import type { CallbackCall } from '../workflow/callback/callback.ts';
import type { AnyInput } from './input.ts';
import type { AggregateKey } from './key.ts';

/**
 * What one aggregate tells another. It is derived from the sender's state until the sender has settled it, and may
 * arrive more than once: the receiver knows it by the request id or by its own state.
 */
export interface Message {
  /** Tells the deliveries of one sender apart. */
  readonly key: string;
  readonly to: AggregateKey;
  readonly input: AnyInput;
}

/**
 * What an aggregate tells somebody outside of the server, with the same promise. The answer is a success, or a refusal:
 * UNAVAILABLE where another attempt may have more luck.
 */
export interface OutsideCall {
  readonly key: string;
  readonly call: CallbackCall;
}

export type Delivery = Message | OutsideCall;
