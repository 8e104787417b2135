import { stored, type Stored } from '../../../lib/preferences.ts';

/** A query with a name. */
export interface SavedView {
  readonly name: string;
  readonly query: string;
  /** Queries that together count what it has, where that is told. */
  readonly countQueries?: readonly string[];
}

const codeProblems = ['category=WorkflowTaskFailed', 'category=WorkflowTaskTimedOut'];

/** Views that every namespace has. Times are of the moment that the view is chosen. */
export function systemViews(nowMs: number): readonly SavedView[] {
  const midnight = new Date(nowMs);
  midnight.setHours(0, 0, 0, 0);
  const since = (timeMs: number): string => new Date(timeMs).toISOString();
  return [
    { name: 'All', query: '' },
    { name: 'Running', query: 'ExecutionStatus = "Running"' },
    { name: 'Failed', query: 'ExecutionStatus IN ("Failed", "TimedOut")' },
    {
      name: 'Code fails',
      query: `TemporalReportedProblems IN (${codeProblems.map((category) => `"${category}"`).join(', ')})`,
      // A single value is found in an index; a run has one of them at a time.
      countQueries: codeProblems.map((category) => `TemporalReportedProblems = "${category}"`),
    },
    { name: 'Parents', query: 'ParentWorkflowId IS NULL' },
    { name: 'Last hour', query: `StartTime >= "${since(nowMs - 3_600_000)}"` },
    { name: 'Today', query: `StartTime >= "${since(midnight.getTime())}"` },
  ];
}

const stores = new Map<string, Stored<readonly SavedView[]>>();

/** The views that a reader saved in a namespace, kept in this browser. */
export function savedViews(namespace: string): Stored<readonly SavedView[]> {
  let store = stores.get(namespace);
  if (store === undefined) {
    store = stored<readonly SavedView[]>(`views.${namespace}`, [], (json) => json as readonly SavedView[]);
    stores.set(namespace, store);
  }
  return store;
}
