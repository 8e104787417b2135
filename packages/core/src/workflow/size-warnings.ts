import { memoSize } from '../kernel/payload-size.ts';
import type { Run } from './run.ts';
import type { Step, Transition } from './transition.ts';

/** A run, or something in it, has grown so large that whoever operates the server should know. */
export interface SizeWarning {
  readonly message: string;
  /** Bytes, or events where the message says so. */
  readonly size: number;
}

/**
 * After each change of a run: warns of what has come with it and is large, and once when the history passes its limits.
 * Texts: Temporal, common/util.go and workflow/context.go.
 */
export function warnOfSizes(transition: Transition): void {
  const { run, changes, env } = transition;
  const { limits } = env;
  let events = 0;
  let bytes = 0;
  let largest = 0;
  let hasMemo = false;
  for (const change of changes) {
    if (change.kind !== 'event') continue;
    const { event } = change;
    events += 1;
    bytes += change.bytes.length;
    largest = Math.max(largest, change.bytes.length);
    hasMemo ||=
      (event.workflowExecutionStartedEventAttributes ?? event.workflowPropertiesModifiedEventAttributes) !== undefined;
  }
  if (events === 0) return;
  const passes = (after: number, added: number, limit: number): boolean => after > limit && after - added <= limit;
  const count = run.nextEventId - 1;
  const warn = (message: string, size: number): void => warnOf(transition, { message, size });
  if (largest > limits.blobSizeWarnBytes) warn('Blob data size exceeds the warning limit.', largest);
  if (hasMemo) warnOfMemo(transition);
  if (passes(run.historySizeBytes, bytes, limits.historySizeWarnBytes)) {
    warn('history size exceeds warn limit.', run.historySizeBytes);
  }
  if (passes(count, events, limits.historyCountWarn)) warn('history count exceeds warn limit.', count);
}

function warnOfMemo(transition: Transition): void {
  const size = memoSize(transition.run.lifecycle.memo);
  if (size > transition.env.limits.memoSizeWarnBytes) {
    warnOf(transition, { message: 'Memo size exceeds the warning limit.', size });
  }
}

/** Warns of a state that is too large for comfort, whenever that is seen. */
export function warnOfStateSize(step: Step, run: Run, size: number): void {
  step.effects.push({ kind: 'sizeWarning', run, warning: { message: 'mutable state size exceeds warn limit.', size } });
}

function warnOf({ step, run }: Transition, warning: SizeWarning): void {
  step.effects.push({ kind: 'sizeWarning', run, warning });
}
