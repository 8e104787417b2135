import type { EventGroup, GroupState } from '../../lib/history/groups.ts';
import type { Tone } from '../tone.ts';

export const stateNames: Readonly<Record<GroupState, string>> = {
  open: 'pending',
  done: 'done',
  failed: 'failed',
  canceled: 'canceled',
  timedOut: 'timed out',
  instant: '',
};

/** A group's colour: what ended well is quiet, an open one that fails is a failure now. */
export function groupTone({ state, kind }: EventGroup, isFailing: boolean): Tone {
  if (isFailing) return 'failed';
  switch (state) {
    case 'open':
      return kind === 'timer' ? 'waiting' : 'running';
    case 'done':
      return 'done';
    case 'failed':
    case 'timedOut':
      return 'failed';
    case 'canceled':
      return 'ended';
    case 'instant':
      return kind === 'signal' || kind === 'update' ? 'waiting' : 'quiet';
  }
}
