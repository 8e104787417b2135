import type { WorkflowExecutionInfo } from '@perdure/proto/json-types';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { Countdown } from '../../../components/time.tsx';
import { TwoLines } from '../../../components/two-lines.tsx';
import { type Situation, situationsOf } from '../../../lib/history/situation.ts';
import { useNow } from '../../../lib/use-now.ts';
import { closeEventQuery, describeQuery } from '../api.ts';
import styles from './list-page.module.css';

export interface NowCellProps {
  readonly namespace: string;
  readonly info: WorkflowExecutionInfo;
}

/** What keeps a workflow, or what ended it, in a line. Only the rows in sight ask for it. */
export function NowCell({ namespace, info }: NowCellProps): ReactNode {
  switch (info.status) {
    case 'WORKFLOW_EXECUTION_STATUS_RUNNING':
    case 'WORKFLOW_EXECUTION_STATUS_PAUSED':
      return <Pending namespace={namespace} info={info} />;
    case 'WORKFLOW_EXECUTION_STATUS_FAILED':
    case 'WORKFLOW_EXECUTION_STATUS_TERMINATED':
      return <Ended namespace={namespace} info={info} />;
    default:
      return null;
  }
}

function Pending({ namespace, info }: NowCellProps): ReactNode {
  const isSettled = useIsSettled();
  const { data: description } = useQuery({ ...describeQuery(namespace, info), enabled: isSettled });
  const nowMs = useNow(true);
  if (description === undefined) return null;
  const [situation] = situationsOf({ description, groups: [], events: [], pollerCount: undefined, nowMs });
  if (situation === undefined) return null;
  // Timers are in the history alone, which a list does not read.
  if (situation.key === 'idle' && situation.tone === 'waiting') {
    return <span className={styles.quiet}>Waits for a timer, a signal or an update</span>;
  }
  return <Line situation={situation} />;
}

function Ended({ namespace, info }: NowCellProps): ReactNode {
  const isSettled = useIsSettled();
  const { data: event } = useQuery({ ...closeEventQuery(namespace, info), enabled: isSettled });
  if (event === undefined) return null;
  const description = { workflowExecutionInfo: info };
  const [situation] = situationsOf({ description, groups: [], events: [event], pollerCount: undefined, nowMs: 0 });
  const { message = '', tone = 'quiet' } = situation ?? {};
  return (
    <TwoLines className={styles.now} tone={tone} title={message}>
      {message}
    </TwoLines>
  );
}

const settledAfterMs = 200;

/** Whether the row has stayed in sight: those that scroll past ask for nothing. */
function useIsSettled(): boolean {
  const [isSettled, setIsSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsSettled(true), settledAfterMs);
    return () => clearTimeout(timer);
  }, []);
  return isSettled;
}

/** The headline without what it explains, then the message: the next attempt is a page away, the reason is not. */
function Line({ situation: { tone, headline, message, next } }: { readonly situation: Situation }): ReactNode {
  const [brief = ''] = headline.split(';');
  return (
    <TwoLines className={styles.now} tone={tone} title={message}>
      {brief}
      {message !== undefined && <span className={styles.quiet}>: {message}</span>}
      {message === undefined && next !== undefined && (
        <>
          , next <Countdown to={next.time} />
        </>
      )}
    </TwoLines>
  );
}
