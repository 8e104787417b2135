import { reject, type Rejection } from '@perdure/core';
import { VersioningBehavior, VersioningOverridePinnedOverrideBehavior as PinnedBehavior } from '@perdure/proto/enums';
import type { VersioningOverride, WorkflowExecutionOptions } from '@perdure/proto/types';
import { priorityRefusal } from './validate-links.ts';

/** The fields of `WorkflowExecutionOptions` that a mask may name. */
const PATHS: ReadonlySet<string> = new Set([
  'versioning_override',
  'versioning_override.behavior',
  'versioning_override.deployment',
  'versioning_override.pinned_version',
  'versioning_override.pinned',
  'versioning_override.pinned.behavior',
  'versioning_override.pinned.version',
  'versioning_override.auto_upgrade',
  'priority',
  'priority.priority_key',
  'priority.fairness_key',
  'priority.fairness_weight',
  'time_skipping_config',
]);

const TOGETHER = ['versioning_override.behavior', 'versioning_override.deployment'] as const;

/** Why a mask names no fields of the options; undefined where it does. Temporal: updateworkflowoptions/api.go. */
export function pathsRefusal(prefix: string, paths: readonly string[]): Rejection | undefined {
  const unknown = paths.find((path) => !PATHS.has(path));
  if (unknown !== undefined) {
    const message = 'temporal.api.workflow.v1.WorkflowExecutionOptions';
    return reject.invalidArgument(`${prefix}: proto: invalid path "${unknown}" for message "${message}"`);
  }
  return undefined;
}

/** Why a mask does not say enough of an override; undefined where it does. */
export function partialRefusal(paths: readonly string[]): Rejection | undefined {
  const named = TOGETHER.filter((path) => paths.includes(path));
  if (named.length === 1) {
    return reject.invalidArgument('error applying update_options: versioning_override fields must be updated together');
  }
  const partial = paths.some((path) => path.startsWith('versioning_override.') && !TOGETHER.includes(path as never));
  return partial
    ? reject.invalidArgument("error applying update_options: versioning_override doesn't support partial updates")
    : undefined;
}

/** Why a run may not have these options; undefined where it may. */
export function optionsRefusal({ priority, versioningOverride }: WorkflowExecutionOptions): Rejection | undefined {
  return priorityRefusal(priority) ?? overrideRefusal(versioningOverride);
}

/**
 * Why an override of a run's version is none; undefined where it is one. Whether the version exists is asked where the
 * task queue is known. Temporal: common/worker_versioning/worker_versioning.go, ValidateVersioningOverride.
 */
export function overrideRefusal(override: VersioningOverride | undefined): Rejection | undefined {
  const problem = override && overrideProblem(override);
  return problem === undefined ? undefined : reject.invalidArgument(problem);
}

function overrideProblem(override: VersioningOverride): string | undefined {
  const { autoUpgrade, pinned, behavior, pinnedVersion = '', deployment } = override;
  if (autoUpgrade === true) return undefined;
  if (pinned !== undefined) {
    if (pinned.version === undefined) return 'must provide version if override is pinned.';
    const unspecified = (pinned.behavior ?? PinnedBehavior.Unspecified) === PinnedBehavior.Unspecified;
    return unspecified ? 'must specify pinned override behavior if override is pinned.' : undefined;
  }
  switch (behavior) {
    case VersioningBehavior.Pinned:
      if (deployment !== undefined) return undefined;
      if (pinnedVersion === '') {
        return "must provide deployment (deprecated) or pinned version if behavior is 'PINNED'";
      }
      return pinnedVersion.includes('.')
        ? undefined
        : `invalid version string "${pinnedVersion}", expected format is "<deployment_name>.<build_id>"`;
    case VersioningBehavior.AutoUpgrade:
      if (deployment !== undefined) return "only provide deployment if behavior is 'PINNED'";
      return pinnedVersion === '' ? undefined : "only provide pinned version if behavior is 'PINNED'";
    default:
      return 'override behavior is required';
  }
}
