import type { EventGroup, GroupKind, GroupState } from './groups.ts';

/** A row of the timeline: one group, or many of the same kind that one workflow task started together. */
export type TimelineRow =
  | { readonly type: 'group'; readonly key: string; readonly group: EventGroup; readonly isNested: boolean }
  | { readonly type: 'cluster'; readonly key: string; readonly cluster: Cluster };

/** A fan-out: what was started together under one name. */
export interface Cluster {
  readonly key: string;
  readonly kind: GroupKind;
  readonly name: string;
  readonly groups: readonly EventGroup[];
  readonly counts: Readonly<Partial<Record<GroupState, number>>>;
  readonly startMs: number;
  /** Undefined while one is open. */
  readonly endMs: number | undefined;
}

/** From so many on, what was started together is one row that opens. */
const clusterSizeMin = 8;

export interface RowOptions {
  readonly showsWorkflowTasks: boolean;
  /** Keys of the clusters that are open. */
  readonly opened: ReadonlySet<string>;
  readonly matches?: ((group: EventGroup) => boolean) | undefined;
}

export function timelineRows(groups: readonly EventGroup[], options: RowOptions): readonly TimelineRow[] {
  const visible = groups.filter((group) => isVisible(group, options));
  const clusters = new Map<string, EventGroup[]>();
  for (const group of visible) {
    const key = clusterKey(group);
    const members = clusters.get(key);
    if (members === undefined) clusters.set(key, [group]);
    else members.push(group);
  }
  const rows: TimelineRow[] = [];
  for (const [key, members] of clusters) {
    if (members.length < clusterSizeMin) {
      rows.push(...members.map((group): TimelineRow => groupRow(group, false)));
      continue;
    }
    rows.push({ type: 'cluster', key, cluster: toCluster(key, members) });
    if (options.opened.has(key)) rows.push(...members.map((group) => groupRow(group, true)));
  }
  return rows.sort(byStart);
}

function isVisible(group: EventGroup, { showsWorkflowTasks, matches }: RowOptions): boolean {
  if (group.kind === 'workflowTask' && !showsWorkflowTasks && !isTroubled(group)) return false;
  return matches === undefined || matches(group);
}

/** Tasks that the server ended itself because more had come meanwhile: nothing is wrong with the code. */
const harmless = new Set([
  'WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND',
  'WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND',
]);

function isTroubled({ state, events }: EventGroup): boolean {
  if (state === 'timedOut') return true;
  return state === 'failed' && !harmless.has(events.at(-1)?.workflowTaskFailedEventAttributes?.cause ?? '');
}

function groupRow(group: EventGroup, isNested: boolean): TimelineRow {
  return { type: 'group', key: String(group.id), group, isNested };
}

function clusterKey({ kind, name, batch, id }: EventGroup): string {
  return kind === 'activity' || kind === 'child' || kind === 'timer' || kind === 'nexus'
    ? `${kind}:${batch}:${name}`
    : `one:${id}`;
}

function toCluster(key: string, groups: readonly EventGroup[]): Cluster {
  const [first] = groups;
  const counts: Partial<Record<GroupState, number>> = {};
  for (const { state } of groups) counts[state] = (counts[state] ?? 0) + 1;
  const ends = groups.map(({ endMs }) => endMs);
  return {
    key,
    kind: first?.kind ?? 'other',
    name: first?.name ?? '',
    groups,
    counts,
    startMs: Math.min(...groups.map(({ startMs }) => startMs)),
    endMs: ends.some((endMs) => endMs === undefined) ? undefined : Math.max(...(ends as number[])),
  };
}

/** By the first event; what a cluster opened stays below it. */
function byStart(left: TimelineRow, right: TimelineRow): number {
  return orderOf(left) - orderOf(right) || Number(isNested(left)) - Number(isNested(right)) || idOf(left) - idOf(right);
}

function orderOf(row: TimelineRow): number {
  if (row.type === 'cluster') return row.cluster.groups[0]?.id ?? 0;
  return row.isNested ? row.group.batch + 1 : row.group.id;
}

function isNested(row: TimelineRow): boolean {
  return row.type === 'group' && row.isNested;
}

function idOf(row: TimelineRow): number {
  return row.type === 'group' ? row.group.id : 0;
}
