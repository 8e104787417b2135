import type { WorkflowExecutionOptions } from '@perdure/proto/json-types';

/** A priority as it is typed; empty for what stays as it is. */
export interface PriorityTexts {
  readonly key: string;
  readonly fairnessKey: string;
  readonly fairnessWeight: string;
}

export const noPriority: PriorityTexts = { key: '', fairnessKey: '', fairnessWeight: '' };

export interface PriorityChange {
  readonly updateMask: string;
  readonly workflowExecutionOptions: WorkflowExecutionOptions;
}

export function isWeight(text: string): boolean {
  return text.trim() === '' || Number(text) > 0;
}

/** What the texts change; undefined where they change nothing, or where one is no value. */
export function priorityChange({ key, fairnessKey, fairnessWeight }: PriorityTexts): PriorityChange | undefined {
  if (!isWeight(fairnessWeight)) return undefined;
  const fields = [
    ['priorityKey', key === '' ? undefined : Number(key)],
    ['fairnessKey', fairnessKey.trim() === '' ? undefined : fairnessKey.trim()],
    ['fairnessWeight', fairnessWeight.trim() === '' ? undefined : Number(fairnessWeight)],
  ] as const;
  const changed = fields.filter(([, value]) => value !== undefined);
  if (changed.length === 0) return undefined;
  return {
    updateMask: changed.map(([name]) => `priority.${name}`).join(','),
    workflowExecutionOptions: { priority: Object.fromEntries<string | number | undefined>(changed) },
  };
}
