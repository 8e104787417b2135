import { reject, type Rejection } from '@perdure/core';
import { StoreError, StoreFailure } from '@perdure/storage';
import type { Scope } from './served-method.ts';

/**
 * Searches for no longer than a query may take in the namespace. One that takes too long is refused with what would make
 * it cheaper, and as a deadline that has passed, which SDKs do not try again.
 */
export async function searchWithin<Found>(
  { config, namespace }: Pick<Scope, 'config' | 'namespace'>,
  search: (limitMs: number) => Promise<Found>,
): Promise<Found | Rejection> {
  try {
    return await search(config.get('system.visibilityQueryTimeout', { namespace: namespace.name }));
  } catch (error) {
    const isTooCostly = error instanceof StoreError && error.failure === StoreFailure.TooCostly;
    if (isTooCostly) return reject.deadlineExceeded(error.message);
    throw error;
  }
}
