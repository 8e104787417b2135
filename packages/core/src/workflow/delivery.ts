import type { Input } from './input.ts';

/**
 * What one run tells another workflow. It is derived from the sender's state until the sender has settled it, and may
 * arrive more than once: the receiver knows it by the request id or by its own state.
 */
export interface Delivery {
  /** Tells the deliveries of one run apart. */
  readonly key: string;
  readonly to: { readonly namespaceId: string; readonly workflowId: string };
  readonly input: Input;
}
