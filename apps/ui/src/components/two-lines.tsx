import type { ReactNode } from 'react';
import { classes } from './classes.ts';
import type { Tone } from './tone.ts';
import styles from './two-lines.module.css';

export interface TwoLinesProps {
  readonly children: ReactNode;
  /** All of it, where two lines are too few. */
  readonly title?: string | undefined;
  readonly tone?: Tone | undefined;
  readonly className?: string | undefined;
}

/** Text of a table's cell that may take two lines of its row: what is cut off is a page away. */
export function TwoLines({ children, title, tone, className }: TwoLinesProps): ReactNode {
  return (
    <span className={classes(styles.text, className)} data-tone={tone} title={title}>
      {children}
    </span>
  );
}
