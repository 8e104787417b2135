import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { pendingUpdatesOf } from '../../lib/history/pending-updates.ts';
import type { Run } from '../../lib/self-description.ts';

/** How far back a history is read: an update that has waited for more events than these is on the workflow's page alone. */
const eventsRead = 100;
const readAgainMs = 15_000;

/** The updates that a run has accepted and not answered. No description tells them; the end of the history does. */
export function pendingUpdatesQuery({ namespace, workflowId, runId }: Run) {
  return queryOptions({
    queryKey: ['GetWorkflowExecutionHistoryReverse', namespace, workflowId, runId, 'pending updates'],
    queryFn: async ({ signal }) => {
      const request = { namespace, execution: { workflowId, runId }, maximumPageSize: eventsRead };
      const { history } = await call('GetWorkflowExecutionHistoryReverse', request, { signal });
      return pendingUpdatesOf(history?.events ?? []);
    },
    refetchInterval: readAgainMs,
  });
}
