import type { ReactNode } from 'react';
import { classes } from './classes.ts';
import styles from './notice.module.css';
import type { Tone } from './tone.ts';

export interface NoticeProps {
  readonly tone: Tone;
  readonly children: ReactNode;
  readonly actions?: ReactNode;
}

/** A line that says what is the matter, with what to do about it at its end. */
export function Notice({ tone, children, actions }: NoticeProps): ReactNode {
  return (
    <div className={classes(styles.notice, styles[tone])} role={tone === 'failed' ? 'alert' : 'status'}>
      <div>{children}</div>
      {actions}
    </div>
  );
}
