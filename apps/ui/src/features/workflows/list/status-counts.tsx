import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { WorkflowStatus } from '../../../components/workflow-status.tsx';
import { countQuery, statusOf } from '../api.ts';
import styles from './list-page.module.css';
import { counted } from '../../../lib/words.ts';

export interface StatusCountsProps {
  readonly namespace: string;
  readonly query: string;
  readonly isLive: boolean;
  readonly onChoose: (status: string) => void;
}

/** How many there are of each status; one chosen narrows the list. */
export function StatusCounts({ namespace, query, isLive, onChoose }: StatusCountsProps): ReactNode {
  const { data } = useQuery(countQuery(namespace, query, isLive));
  if (data === undefined) return <div className={styles.counts} />;
  return (
    <div className={styles.counts} role="group" aria-label="Counts by status">
      <span className={styles.total}>{counted(data.total, 'workflow')}</span>
      {data.byStatus.map(({ status, count }) => (
        <button key={status} type="button" className={styles.count} onClick={() => onChoose(status)}>
          <WorkflowStatus status={statusOf(status)} />
          {count.toLocaleString('en')}
        </button>
      ))}
    </div>
  );
}
