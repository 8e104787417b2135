import type { WorkerHeartbeat } from '@perdure/proto/json-types';
import { quoted } from '../../lib/query/query-text.ts';

/** Deployment and build of a worker, as far as it names them. */
export function versionOf({ deploymentVersion }: WorkerHeartbeat): string {
  return [deploymentVersion?.deploymentName, deploymentVersion?.buildId].filter(Boolean).join(' ');
}

/** Share of workflow tasks that found their workflow in the worker's cache, from 0 to 1; undefined before the first. */
export function cacheHitShare({
  totalStickyCacheHit = 0,
  totalStickyCacheMiss = 0,
}: WorkerHeartbeat): number | undefined {
  const total = totalStickyCacheHit + totalStickyCacheMiss;
  return total === 0 ? undefined : totalStickyCacheHit / total;
}

/** The query of the list of workers: a word is the beginning of an identity, and what has an operator is a query already. */
export function workerListQuery(find: string): string {
  if (find === '' || /[=<>]|\b(starts_with|between|in|is)\b/i.test(find)) return find;
  return `WorkerIdentity STARTS_WITH ${quoted(find)}`;
}
