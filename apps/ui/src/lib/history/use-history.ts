import { useMemo, useSyncExternalStore } from 'react';
import { HistoryLoader, type HistoryState } from './history-loader.ts';

const kept = new Map<string, HistoryLoader>();
const keptMax = 4;

/** Loaders of the last few runs, so that going back and forth does not read a long history again. */
function loaderOf(namespace: string, workflowId: string, runId: string): HistoryLoader {
  const key = JSON.stringify([namespace, workflowId, runId]);
  const loader = kept.get(key) ?? new HistoryLoader({ namespace, workflowId, runId });
  kept.delete(key);
  kept.set(key, loader);
  for (const oldest of kept.keys()) {
    if (kept.size <= keptMax) break;
    kept.delete(oldest);
  }
  return loader;
}

/** One run's history, growing while the run is open and the component is mounted. */
export function useHistory(namespace: string, workflowId: string, runId: string): HistoryState {
  const loader = useMemo(() => loaderOf(namespace, workflowId, runId), [namespace, workflowId, runId]);
  return useSyncExternalStore(loader.subscribe, loader.get);
}
