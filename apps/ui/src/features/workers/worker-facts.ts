import type { WorkerHeartbeat } from '@perdure/proto/json-types';

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
