import type { CommitOutcome, ShardBatch, Store } from '@perdure/storage';

/** A store whose n-th commit fails: before it is written, or after it, so that its outcome is unknown. 0: none does. */
export function failing(store: Store, nth: number, written: boolean) {
  let count = 0;
  const commit = async (batches: readonly ShardBatch[]): Promise<readonly CommitOutcome[]> => {
    count += 1;
    if (count !== nth) return await store.commit(batches);
    if (written) await store.commit(batches);
    throw new Error('disk');
  };
  const proxy = new Proxy(store, {
    get(target, property) {
      if (property === 'commit') return commit;
      const value: unknown = Reflect.get(target, property);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return { store: proxy, commits: () => count };
}
