import type { ReactNode } from 'react';
import styles from '../workers.module.css';

export interface MeterProps {
  readonly label: string;
  readonly value: number;
  readonly max: number;
  /** Told as a percentage. */
  readonly isShare?: boolean;
  /** Full is fine; without it, full asks for attention. */
  readonly isGoodWhenFull?: boolean;
}

/** How much of something is used. */
export function Meter({ label, value, max, isShare = false, isGoodWhenFull = false }: MeterProps): ReactNode {
  const share = max === 0 ? 0 : Math.min(1, value / max);
  const text = isShare
    ? `${Math.round(share * 100)} %`
    : `${value.toLocaleString('en')} of ${max.toLocaleString('en')}`;
  const tone = !isGoodWhenFull && share >= 0.95 ? 'waiting' : 'running';
  return (
    <div className={styles.meter}>
      <div className={styles.meterHead}>
        <span>{label}</span>
        <span>{text}</span>
      </div>
      <div
        className={styles.track}
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={max}
        aria-valuenow={value}
        aria-valuetext={text}
      >
        <div className={styles.bar} data-tone={tone} style={{ width: `${share * 100}%` }} />
      </div>
    </div>
  );
}
