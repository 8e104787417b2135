import { ChevronLeft, ChevronRight, Maximize2, ZoomIn, ZoomOut } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { useCommands } from '../../lib/commands.ts';
import type { EventGroup } from '../../lib/history/groups.ts';
import { moved, type Move, type TimeRange } from '../../lib/history/zoom.ts';
import { formatDuration } from '../../lib/time.ts';
import { IconButton } from '../button.tsx';
import { type ScaleKind, wholeScale } from './timeline.tsx';
import styles from './zoom.module.css';

export interface Zoom {
  /** Undefined for the whole. */
  readonly range: TimeRange | undefined;
  readonly setRange: (range: TimeRange | undefined) => void;
  /** Buttons that do what the keys do. */
  readonly tools: ReactNode;
}

/** Which part of a timeline is looked at: nearer and farther by keys and buttons, or a part that was drawn on the axis. */
export function useZoom(groups: readonly EventGroup[], endMs: number, scaleKind: ScaleKind): Zoom {
  const [range, setRange] = useState<TimeRange>();
  const move = (by: Move): void => setRange(moved(wholeScale(groups, endMs, scaleKind), range, by));
  const nearer = (): void => move({ factor: 0.5 });
  const farther = (): void => move({ factor: 2 });
  const earlier = (): void => move({ shift: -0.5 });
  const later = (): void => move({ shift: 0.5 });
  const whole = (): void => setRange(undefined);
  const group = 'Timeline';
  useCommands([
    { id: 'zoom.in', title: 'Look closer', group, keys: '+', run: nearer },
    // The same key without Shift.
    { id: 'zoom.in2', title: 'Look closer', group, keys: '=', isHidden: true, run: nearer },
    { id: 'zoom.out', title: 'Look from farther away', group, keys: '-', run: farther },
    { id: 'zoom.earlier', title: 'Look at what was before', group, keys: '<', run: earlier },
    { id: 'zoom.later', title: 'Look at what came after', group, keys: '>', run: later },
    { id: 'zoom.whole', title: 'Look at the whole', group, keys: '0', run: whole },
  ]);
  const first = useRef<HTMLButtonElement>(null);
  const isWhole = range === undefined;
  const startMs = groups[0]?.startMs ?? endMs;
  const words = range && `+${formatDuration(range.fromMs - startMs)} to +${formatDuration(range.toMs - startMs)}`;
  const tools = (
    <span className={styles.zoom} role="group" aria-label="Zoom">
      <IconButton ref={first} label="Look closer (+)" variant="default" onClick={nearer}>
        <ZoomIn size={15} />
      </IconButton>
      <IconButton label="Look from farther away (−)" variant="default" aria-disabled={isWhole} onClick={farther}>
        <ZoomOut size={15} />
      </IconButton>
      {!isWhole && (
        <>
          <IconButton label="Earlier (<)" variant="default" onClick={earlier}>
            <ChevronLeft size={15} />
          </IconButton>
          <IconButton label="Later (>)" variant="default" onClick={later}>
            <ChevronRight size={15} />
          </IconButton>
          <IconButton
            label="The whole (0)"
            variant="default"
            onClick={() => {
              whole();
              // This button goes.
              first.current?.focus();
            }}
          >
            <Maximize2 size={15} />
          </IconButton>
        </>
      )}
      <span role="status" className={styles.words}>
        {words}
      </span>
    </span>
  );
  return { range, setRange, tools };
}
