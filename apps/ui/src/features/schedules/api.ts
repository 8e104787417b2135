import type { SchedulePatch } from '@perdure/proto/json-types';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { askedQuery } from '../../lib/query/asked-query.ts';
import { quoted } from '../../lib/query/query-text.ts';

/** Who did it, for the server's records. */
export const identity = 'perdure-ui';

const listAgainMs = 5000;
const describeAgainMs = 4000;

export interface SchedulePage {
  readonly namespace: string;
  readonly query: string;
  /** Empty for the first page. */
  readonly token: string;
}

export function schedulesQuery({ namespace, query, token }: SchedulePage) {
  return queryOptions({
    queryKey: ['ListSchedules', namespace, query, token],
    queryFn: ({ signal }) =>
      call(
        'ListSchedules',
        { namespace, query: askedQuery(query), maximumPageSize: 100, nextPageToken: token || undefined },
        { signal },
      ),
    placeholderData: keepPreviousData,
    refetchInterval: token === '' ? listAgainMs : false,
  });
}

export function scheduleCountQuery(namespace: string, query: string) {
  return queryOptions({
    queryKey: ['CountSchedules', namespace, query],
    queryFn: async ({ signal }) =>
      Number((await call('CountSchedules', { namespace, query: askedQuery(query) }, { signal })).count ?? 0),
    placeholderData: keepPreviousData,
    refetchInterval: listAgainMs * 2,
    retry: false,
  });
}

export function scheduleQuery(namespace: string, scheduleId: string) {
  return queryOptions({
    queryKey: ['DescribeSchedule', namespace, scheduleId],
    queryFn: ({ signal }) => call('DescribeSchedule', { namespace, scheduleId }, { signal }),
    refetchInterval: describeAgainMs,
  });
}

/** The query of a list that finds what a schedule started. */
export function startedByQuery(scheduleId: string): string {
  return `TemporalScheduledById = ${quoted(scheduleId)}`;
}

/** The latest runs that a schedule started, as the list of workflows has them: their status is that of now. */
export function scheduledRunsQuery(namespace: string, scheduleId: string) {
  const query = startedByQuery(scheduleId);
  return queryOptions({
    queryKey: ['ListWorkflowExecutions', namespace, query, 'scheduled'],
    queryFn: ({ signal }) => call('ListWorkflowExecutions', { namespace, query, pageSize: 30 }, { signal }),
    refetchInterval: describeAgainMs,
  });
}

export function patchSchedule(namespace: string, scheduleId: string, patch: SchedulePatch) {
  return call('PatchSchedule', { namespace, scheduleId, patch, identity, requestId: crypto.randomUUID() });
}
