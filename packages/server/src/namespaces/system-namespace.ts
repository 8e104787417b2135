import { DAY_MS } from '@perdure/core';
import type { NamespaceDraft } from './namespace.ts';

/**
 * The namespace that every Temporal server has for itself, which its tools expect in the list. Nothing runs in it here.
 * Temporal: common/primitives/namespace.go.
 */
export const SYSTEM_NAMESPACE = {
  id: '32049b68-7872-4094-8e63-d0dd59896a83',
  name: 'temporal-system',
  description: 'Temporal internal system namespace',
  ownerEmail: 'temporal-core@temporal.io',
  retentionMs: 7 * DAY_MS,
} as const satisfies NamespaceDraft;
