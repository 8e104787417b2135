import { defaultLimits } from '@perdure/core';
import type { NamespaceSource } from '../engine/context.ts';

const HOUR_MS = 3_600_000;

/** A world of one namespace, by whatever id or name it is asked for, with the default limits. */
export function oneNamespace(namespace: ReturnType<NamespaceSource['view']>, retentionMs = HOUR_MS): NamespaceSource {
  return {
    view: () => namespace,
    limits: () => defaultLimits,
    retentionMs: () => retentionMs,
    byName: () => namespace,
  };
}
