import type { ReactNode } from 'react';
import styles from './schedules.module.css';

/** Whether a schedule goes on. */
export function ScheduleStatus({ isPaused }: { readonly isPaused: boolean }): ReactNode {
  return (
    <span className={styles.status} data-tone={isPaused ? 'waiting' : 'running'}>
      <svg
        width="14"
        height="14"
        viewBox="0 0 14 14"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.7"
        aria-hidden="true"
        strokeLinecap="round"
      >
        {isPaused ? (
          <path d="M4.4 2.4v9.2M9.6 2.4v9.2" />
        ) : (
          <>
            <circle cx="7" cy="7" r="5.4" />
            <path d="M7 3.9V7l2.2 1.6" />
          </>
        )}
      </svg>
      {isPaused ? 'Paused' : 'Active'}
    </span>
  );
}
