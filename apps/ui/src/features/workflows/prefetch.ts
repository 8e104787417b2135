import type { QueryClient } from '@tanstack/react-query';
import { searchAttributesQuery, settingsQuery } from '../../api/queries.ts';
import { countQuery, listQuery } from './api.ts';
import { pageSize } from './list/page-size.ts';

/** The page asks again, and says what is wrong. */
const leaveToPage = (): void => undefined;

/** Asks for what the list will show, while its code is on the way. */
export function prefetchList(queryClient: QueryClient, namespace: string, query = ''): void {
  const page = { namespace, query, pageSize: pageSize.get(), token: '' };
  queryClient.query(listQuery(page, false)).catch(leaveToPage);
  queryClient.query(countQuery(namespace, query, false)).catch(leaveToPage);
  queryClient.query(searchAttributesQuery(namespace)).catch(leaveToPage);
  queryClient.query(settingsQuery).catch(leaveToPage);
}
