import type { ReactNode } from 'react';
import { usePreferences } from '../lib/preferences.ts';
import { exactInstant, formatDuration, formatRelative, formatTime, instantMs } from '../lib/time.ts';
import { useNow } from '../lib/use-now.ts';
import styles from './time.module.css';

export interface TimestampProps {
  /** A Timestamp of proto3 JSON. */
  readonly value: string | undefined;
  readonly style?: 'absolute' | 'relative';
  readonly none?: ReactNode;
}

/** An instant in the reader's zone and style, with the exact one on hover. */
export function Timestamp({ value, style, none = '–' }: TimestampProps): ReactNode {
  const preferences = usePreferences();
  const isRelative = (style ?? preferences.timeStyle) === 'relative';
  const nowMs = useNow(isRelative);
  const timeMs = instantMs(value);
  if (value === undefined || timeMs === undefined) return <span className={styles.none}>{none}</span>;
  return (
    <time dateTime={value} title={exactInstant(value, preferences)} className={styles.time}>
      {isRelative ? formatRelative(timeMs, nowMs) : formatTime(timeMs, preferences)}
    </time>
  );
}

/** The time from an instant to another, or to the present while it goes on. */
export function Elapsed({
  from,
  to,
}: {
  readonly from: string | undefined;
  readonly to?: string | undefined;
}): ReactNode {
  const startMs = instantMs(from);
  const endMs = instantMs(to);
  const nowMs = useNow(startMs !== undefined && endMs === undefined);
  if (startMs === undefined) return <span className={styles.none}>–</span>;
  return <span className={styles.time}>{formatDuration(Math.max(0, (endMs ?? nowMs) - startMs))}</span>;
}

/** `in 12s`, counting down; `now` when it is due. */
export function Countdown({ to }: { readonly to: string | undefined }): ReactNode {
  const dueMs = instantMs(to);
  const nowMs = useNow(dueMs !== undefined);
  const preferences = usePreferences();
  if (dueMs === undefined || to === undefined) return null;
  const leftMs = dueMs - nowMs;
  return (
    <time dateTime={to} title={exactInstant(to, preferences)} className={styles.countdown}>
      {leftMs < 1000 ? 'now' : `in ${formatDuration(Math.ceil(leftMs / 1000) * 1000)}`}
    </time>
  );
}
