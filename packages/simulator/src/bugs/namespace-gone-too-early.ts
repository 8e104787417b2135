import type { ResolvedQuery } from '@perdure/core';
import type { Store } from '@perdure/storage';
import { SimDisk, type DiskUser } from '../disk/sim-disk.ts';

/** A store that lists what has closed only where all is asked for: a deleted namespace looks empty while runs go on. */
export class ClosedOnlyDisk extends SimDisk {
  override connect(user: DiskUser): Store {
    const store = super.connect(user);
    return {
      ...store,
      listVisibility: async (query) => {
        const found = await store.listVisibility(query);
        return asksForAll(query.query) ? found.filter(({ closeTimeMs }) => closeTimeMs !== undefined) : found;
      },
    };
  }
}

function asksForAll(query: ResolvedQuery): boolean {
  return query.kind === 'isNull' || (query.kind === 'all' && query.queries.length === 0);
}
