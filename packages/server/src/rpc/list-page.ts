import {
  cursorOf,
  isRejection,
  reject,
  type Rejection,
  type ResolvedQuery,
  type VisibilityRecord,
} from '@perdure/core';
import { searchWithin } from './search-limit.ts';
import type { Scope } from './served-method.ts';

/** One page of what a query finds in a namespace. */
export interface ListPage {
  readonly records: readonly VisibilityRecord[];
  /** Undefined on the last page. */
  readonly nextPageToken: Uint8Array | undefined;
}

/** Reads the page that a token stands for, or the first; `size` unset, or more than is allowed, is the largest. */
export async function readListPage(
  scope: Scope,
  query: ResolvedQuery,
  size: number | undefined,
  token: Uint8Array | undefined,
): Promise<ListPage | Rejection> {
  const { config, store, tokens, namespace } = scope;
  const hasToken = token !== undefined && token.length > 0;
  const after = hasToken ? tokens.readVisibility(token) : undefined;
  if (hasToken && after?.namespaceId !== namespace.id) return reject.invalidArgument('Invalid pagination token.');
  const allowed = config.get('frontend.visibilityMaxPageSize', { namespace: namespace.name });
  const pageSize = size !== undefined && size > 0 ? Math.min(size, allowed) : allowed;
  const page = { namespaceId: namespace.id, query, pageSize, after };
  const records = await searchWithin(scope, (limitMs) => store.listVisibility({ ...page, limitMs }));
  if (isRejection(records)) return records;
  const last = records.length === pageSize ? records.at(-1) : undefined;
  return { records, nextPageToken: last && tokens.visibility({ namespaceId: namespace.id, ...cursorOf(last) }) };
}
