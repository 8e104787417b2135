import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { call } from '../../../api/client.ts';
import { settingsQuery } from '../../../api/queries.ts';
import type { SystemView } from '../../../components/list/view-bar.tsx';
import { viewStore } from '../../../components/list/views.ts';
import styles from './list-page.module.css';

export const workflowViews = viewStore('views');

const codeProblems = ['category=WorkflowTaskFailed', 'category=WorkflowTaskTimedOut'];

/** Views that every namespace has. */
export function systemViews(namespace: string): readonly SystemView[] {
  // A single value is found in an index; a run has one of them at a time.
  const counted = codeProblems.map((category) => `TemporalReportedProblems = "${category}"`);
  return [
    { name: 'All', query: '' },
    { name: 'Running', query: 'ExecutionStatus = "Running"' },
    { name: 'Failed', query: 'ExecutionStatus IN ("Failed", "TimedOut")' },
    {
      name: 'Code fails',
      query: `TemporalReportedProblems IN (${codeProblems.map((category) => `"${category}"`).join(', ')})`,
      badge: <ViewCount namespace={namespace} queries={counted} />,
    },
    { name: 'Parents', query: 'ParentWorkflowId IS NULL' },
    { name: 'Last hour', query: 'StartTime >= now - 1h' },
    { name: 'Today', query: 'StartTime >= today' },
  ];
}

const countAgainMs = 60_000;

interface ViewCountProps {
  readonly namespace: string;
  readonly queries: readonly string[];
}

/** How many there are, where there are any: what should not be is seen without being looked for. */
function ViewCount({ namespace, queries }: ViewCountProps): ReactNode {
  const { countsOnce = false } = useQuery(settingsQuery).data ?? {};
  const { data: count = 0 } = useQuery({
    queryKey: ['CountWorkflowExecutions', namespace, queries, 'view'],
    queryFn: async ({ signal }) => {
      const replies = await Promise.all(
        queries.map((query) => call('CountWorkflowExecutions', { namespace, query }, { signal })),
      );
      return replies.reduce((sum, reply) => sum + Number(reply.count ?? 0), 0);
    },
    refetchInterval: countsOnce ? false : countAgainMs,
    retry: false,
  });
  return count > 0 && <span className={styles.viewCount}>{count.toLocaleString('en')}</span>;
}
