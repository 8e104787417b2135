import type { Rejection } from '../kernel/rejection.ts';
import type { Delivery } from './delivery.ts';

/** The receiver's answer to a delivery, for the sender. */
export interface SettleInput {
  readonly kind: 'settle';
  readonly runId: string;
  /** `Delivery.key` of what was delivered. */
  readonly key: Delivery['key'];
  /** What the receiver replied. */
  readonly answer: { readonly runId: string } | Rejection;
}
