import type { ReactNode } from 'react';
import { clockGlyph, pauseGlyph, Status } from '../../components/status.tsx';

/** Whether a schedule goes on. */
export function ScheduleStatus({ isPaused }: { readonly isPaused: boolean }): ReactNode {
  return isPaused ? (
    <Status name="Paused" tone="waiting" glyph={pauseGlyph} />
  ) : (
    <Status name="Active" tone="running" glyph={clockGlyph} />
  );
}
