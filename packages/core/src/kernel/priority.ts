import type { Priority } from '@perdure/proto/types';
import { utf8Length } from './utf8.ts';

/** What an activity or a child does not say for itself it has from its workflow. Temporal: common/priorities. */
export function mergePriority(base: Priority | undefined, own: Priority | undefined): Priority | undefined {
  if (base === undefined || own === undefined) return own ?? base;
  return {
    priorityKey: own.priorityKey || base.priorityKey,
    fairnessKey: own.fairnessKey || base.fairnessKey,
    fairnessWeight: own.fairnessWeight || base.fairnessWeight,
  };
}

/** Bytes. Temporal: common/priorities/priority_util.go. */
export const FAIRNESS_KEY_LENGTH_MAX = 64;

/** What is wrong with a priority, in the words of Temporal; undefined where nothing is. */
export function priorityProblem(priority: Priority | undefined): string | undefined {
  const { priorityKey = 0, fairnessKey = '', fairnessWeight = 0 } = priority ?? {};
  if (priorityKey < 0) return "priority key can't be negative";
  if (utf8Length(fairnessKey) > FAIRNESS_KEY_LENGTH_MAX) return 'fairness key length exceeds limit';
  return fairnessWeight < 0 ? 'must be greater than zero' : undefined;
}
