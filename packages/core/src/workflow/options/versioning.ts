import { VersioningBehavior, VersioningOverridePinnedOverrideBehavior as PinnedBehavior } from '@perdure/proto/enums';
import type { VersioningOverride, WorkerDeploymentVersion } from '@perdure/proto/types';
import { enumName } from '../../kernel/enum-name.ts';
import { reject, type Rejection } from '../../kernel/rejection.ts';
import type { Run } from '../run.ts';

/** How an override binds a run to versions of its worker, whatever its worker says. */
export function overrideBehavior(override: VersioningOverride | undefined): VersioningBehavior {
  if (override === undefined) return VersioningBehavior.Unspecified;
  if (override.autoUpgrade === true) return VersioningBehavior.AutoUpgrade;
  return isPinned(override) ? VersioningBehavior.Pinned : (override.behavior ?? VersioningBehavior.Unspecified);
}

function isPinned({ pinned, behavior }: VersioningOverride): boolean {
  return pinned !== undefined || behavior === VersioningBehavior.Pinned;
}

/** An override in the newer of its fields, in which runs keep it. Temporal: mutable_state_impl.go, updateVersioningOverride. */
export function inNewFields(override: VersioningOverride): VersioningOverride {
  if (override.autoUpgrade === true || override.pinned !== undefined) return override;
  if (!isPinned(override)) return { autoUpgrade: true };
  return { pinned: { behavior: PinnedBehavior.Pinned, version: pinnedVersion(override) } };
}

function pinnedVersion(override: VersioningOverride): WorkerDeploymentVersion {
  const { pinned, deployment, pinnedVersion: text = '' } = override;
  if (pinned?.version !== undefined) return pinned.version;
  if (deployment !== undefined) return { deploymentName: deployment.seriesName, buildId: deployment.buildId };
  const [deploymentName = '', ...buildId] = text.split('.');
  return { deploymentName, buildId: buildId.join('.') };
}

/**
 * The refusal of an override that binds a run to one version: no version is known to a task queue here. Undefined for
 * any other. Temporal: common/worker_versioning/worker_versioning.go, validatePinnedVersionInTaskQueue.
 */
export function pinnedRefusal(override: VersioningOverride | undefined, taskQueue: string): Rejection | undefined {
  if (override === undefined || !isPinned(override)) return undefined;
  const { deploymentName = '', buildId = '' } = pinnedVersion(override);
  return reject.failedPrecondition(
    `Pinned version '${deploymentName}:${buildId}' is not present in task queue '${taskQueue}' of type 'Workflow'`,
  );
}

/** The refusal of an override that binds a run to the version that it is bound to already, where it is to none. */
export function unpinnedRefusal(run: Run, override: VersioningOverride | undefined): Rejection | undefined {
  const { pinned } = override ?? {};
  const unspecified = (pinned?.behavior ?? PinnedBehavior.Unspecified) === PinnedBehavior.Unspecified;
  if (unspecified || pinned?.version !== undefined) return undefined;
  const behavior = enumName(VersioningBehavior, overrideBehavior(run.lifecycle.versioningOverride));
  return reject.failedPrecondition(
    `must specify a specific pinned override version because workflow with id ${run.workflowId} has behavior ${behavior} and is not yet pinned to any version`,
  );
}
