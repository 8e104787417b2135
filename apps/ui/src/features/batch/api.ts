import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { isUnderWay } from './batch-facts.ts';

export const identity = 'perdure-ui';

const listAgainMs = 4000;
const progressAgainMs = 1500;

export function batchesQuery(namespace: string, token: string) {
  return queryOptions({
    queryKey: ['ListBatchOperations', namespace, token],
    queryFn: ({ signal }) =>
      call('ListBatchOperations', { namespace, pageSize: 100, nextPageToken: token || undefined }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: token === '' ? listAgainMs : false,
  });
}

/** One batch, read often while it goes on and never again when it is done. */
export function batchQuery(namespace: string, jobId: string) {
  return queryOptions({
    queryKey: ['DescribeBatchOperation', namespace, jobId],
    queryFn: ({ signal }) => call('DescribeBatchOperation', { namespace, jobId }, { signal }),
    refetchInterval: ({ state }) => (isUnderWay(state.data?.state) ? progressAgainMs : false),
  });
}
