import type { AnyInput } from './input.ts';
import type { AggregateKey } from './key.ts';

/**
 * What one aggregate tells another. It is derived from the sender's state until the sender has settled it, and may
 * arrive more than once: the receiver knows it by the request id or by its own state.
 */
export interface Delivery {
  /** Tells the deliveries of one sender apart. */
  readonly key: string;
  readonly to: AggregateKey;
  readonly input: AnyInput;
}
