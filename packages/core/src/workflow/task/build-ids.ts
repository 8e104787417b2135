import { VersioningBehavior } from '@perdure/proto/enums';
import type { HistoryEvent, ResetPointInfo, ResetPoints, WorkerVersionStamp } from '@perdure/proto/types';
import { enumName } from '../../kernel/enum-name.ts';
import type { Env } from '../../kernel/env.ts';
import { timestampMs, toTimestamp } from '../../kernel/time.ts';
import { listOf, listSize, withKeyword, withList } from '../../visibility/index.ts';
import { overrideBehavior } from '../options/versioning.ts';
import type { Run } from '../run.ts';
import type { Transition } from '../transition.ts';

/** What stands first in `BuildIds` of a run whose workers are not versioned. */
const UNVERSIONED = 'unversioned';

/**
 * A workflow task is completed: the run remembers with which build of its worker, so that it can be found by it, and from
 * where it can be started over for it. Follows from the event alone; limits are for {@link keepBuildsWithinLimits}.
 * Temporal: workflow_task_state_machine.go, afterAddWorkflowTaskCompletedEvent.
 */
export function applyBuildSeen(run: Run, event: HistoryEvent): void {
  const { workerVersion, binaryChecksum = '' } = event.workflowTaskCompletedEventAttributes ?? {};
  const { lifecycle } = run;
  listBuild(run, workerVersion);
  const { buildId = '' } = workerVersion ?? {};
  const points = lifecycle.resetPoints ?? [];
  const isKnown = ({ binaryChecksum: checksum = '', buildId: build = '' }: ResetPointInfo) =>
    checksum === binaryChecksum && build === buildId;
  if (points.some(isKnown)) return;
  lifecycle.resetPoints = [...points, resetPoint(run, event, { buildId, binaryChecksum })];
  if (binaryChecksum !== '') listChecksums(run);
}

/**
 * Lists the build of a worker, its deployment, and how the run is bound to versions, among its search attributes.
 * Temporal: mutable_state_impl.go, addBuildIDAndDeploymentInfoToSearchAttributesWithNoVisibilityTask.
 */
export function listBuild({ lifecycle, task }: Run, stamp: WorkerVersionStamp | undefined): void {
  const behavior = overrideBehavior(lifecycle.versioningOverride);
  const isBound = behavior !== VersioningBehavior.Unspecified;
  const buildIds = withBuildId(listOf(lifecycle.searchAttributes, 'BuildIds'), stamp, isBound);
  const listed = withList(lifecycle.searchAttributes, 'BuildIds', buildIds);
  const deployed = withKeyword(listed, 'TemporalWorkerDeployment', task.lastDeploymentName || undefined);
  const text = isBound ? enumName(VersioningBehavior, behavior) : undefined;
  lifecycle.searchAttributes = withKeyword(deployed, 'TemporalWorkflowVersioningBehavior', text);
}

function resetPoint(
  run: Run,
  event: HistoryEvent,
  { buildId, binaryChecksum }: { readonly buildId: string; readonly binaryChecksum: string },
): ResetPointInfo {
  return {
    ...(buildId !== '' && { buildId }),
    ...(binaryChecksum !== '' && { binaryChecksum }),
    runId: run.runId,
    firstWorkflowTaskCompletedId: event.eventId,
    createTime: event.eventTime,
    resettable: run.children.size === 0 && run.externals.size === 0,
  };
}

function withBuildId(
  known: readonly string[],
  stamp: WorkerVersionStamp | undefined,
  isBound: boolean,
): readonly string[] {
  const { buildId = '', useVersioning = false } = stamp ?? {};
  const entries = new Set(known.filter((entry) => entry !== UNVERSIONED));
  if (buildId !== '') entries.add(`${useVersioning ? 'versioned' : UNVERSIONED}:${buildId}`);
  return useVersioning || isBound ? [...entries] : [UNVERSIONED, ...entries];
}

function listChecksums({ lifecycle }: Run): void {
  const checksums = (lifecycle.resetPoints ?? []).flatMap(({ binaryChecksum }) => binaryChecksum ?? []);
  lifecycle.searchAttributes = withList(lifecycle.searchAttributes, 'BinaryChecksums', checksums);
}

/** The oldest go where there are too many builds; that the run is not versioned stays known. `before`: what was known. */
export function keepBuildsWithinLimits(transition: Transition, before: Run['lifecycle']['searchAttributes']): void {
  const { run, env } = transition;
  const { resetPointsMax, searchAttributeValueSizeBytesMax } = env.limits;
  const { lifecycle } = run;
  if ((lifecycle.resetPoints ?? []).length > resetPointsMax) {
    transition.note({ kind: 'resetPointsTrimmed', count: resetPointsMax });
  }
  if (lifecycle.searchAttributes === before) return;
  const buildIds = listOf(lifecycle.searchAttributes, 'BuildIds');
  const kept = [...buildIds];
  const oldest = kept[0] === UNVERSIONED ? 1 : 0;
  while (kept.length > 0 && listSize(kept) > searchAttributeValueSizeBytesMax) {
    kept.splice(kept.length === 1 ? 0 : oldest, 1);
  }
  if (kept.length < buildIds.length) transition.note({ kind: 'attributeListed', name: 'BuildIds', items: kept });
}

/** Only the last so many reset points are kept. */
export function trimResetPoints(run: Run, count: number): void {
  const points = run.lifecycle.resetPoints ?? [];
  run.lifecycle.resetPoints = points.slice(Math.max(points.length - count, 0));
  if (points.some(({ binaryChecksum }) => binaryChecksum !== undefined)) listChecksums(run);
}

/**
 * The reset points that the next run of the chain has from this one: until the runs that they are of are removed.
 * Temporal: mutable_state_impl.go, rolloverAutoResetPointsWithExpiringTime.
 */
export function inheritedResetPoints(run: Run, env: Env): ResetPoints {
  const expireTime = toTimestamp(env.nowMs + (env.namespace.retentionMs ?? env.limits.retentionDefaultMs));
  const points = (run.lifecycle.resetPoints ?? []).flatMap((point): ResetPointInfo[] => {
    if ((timestampMs(point.expireTime) ?? Infinity) < env.nowMs) return [];
    return [point.runId === run.runId ? { ...point, expireTime } : point];
  });
  return points.length === 0 ? {} : { points };
}
