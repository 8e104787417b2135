import type { ReactNode } from 'react';
import { classes } from './classes.ts';
import type { Tone } from './tone.ts';
import styles from './status.module.css';

/** A ring: the ground of several glyphs. */
export const ring = <circle cx="7" cy="7" r="5.4" />;
export const pauseGlyph = <path d="M4.4 2.4v9.2M9.6 2.4v9.2" />;
export const clockGlyph = (
  <>
    {ring}
    <path d="M7 3.9V7l2.2 1.6" />
  </>
);
/** Turns, for what is under way. */
export const liveGlyph = (
  <>
    <path className={styles.live} d="M7 1.6a5.4 5.4 0 1 1-4.9 3.2" />
    <circle cx="7" cy="7" r="1.8" fill="currentColor" stroke="none" />
  </>
);

export interface StatusProps {
  readonly name: string;
  readonly tone: Tone;
  /** Strokes in a box of 14 by 14: a sign of its own, so that colour is never the only one. */
  readonly glyph: ReactNode;
  /** The glyph alone, its name for screen readers. */
  readonly isCompact?: boolean;
}

/** How a thing stands: a sign and a word. */
export function Status({ name, tone, glyph, isCompact = false }: StatusProps): ReactNode {
  return (
    <span className={classes(styles.status, styles[tone])}>
      <svg
        width="14"
        height="14"
        viewBox="0 0 14 14"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.7"
        strokeLinecap="round"
        strokeLinejoin="round"
        {...(isCompact ? { role: 'img', 'aria-label': name } : { 'aria-hidden': true })}
      >
        {glyph}
      </svg>
      {!isCompact && name}
    </span>
  );
}
