import { type ChildRun, childRunOf } from './children.ts';
import type { EventGroup, GroupKind, GroupState } from './groups.ts';
import { isWithin, type TimeRange } from './zoom.ts';

/** A row of the timeline: one group, or many of the same kind that one workflow task started together. */
export type TimelineRow = GroupTimelineRow | ClusterTimelineRow;

export interface GroupTimelineRow {
  readonly type: 'group';
  readonly key: string;
  /** How far it is within others: a cluster that was opened, a run that a run started. */
  readonly depth: number;
  readonly group: EventGroup;
  /** The run that it is of, where that is not the one that the timeline is of. */
  readonly of: ChildRun | undefined;
  /** The run that it started, whose own rows may be shown below it. */
  readonly child: ChildRun | undefined;
}

interface ClusterTimelineRow {
  readonly type: 'cluster';
  readonly key: string;
  readonly depth: number;
  readonly cluster: Cluster;
}

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
  /** Undefined where the runs that were started cannot be read. */
  readonly namespace: string | undefined;
  readonly showsWorkflowTasks: boolean;
  readonly isNewestFirst?: boolean | undefined;
  /** Keys of the clusters, and ids of the runs, that are open. */
  readonly opened: ReadonlySet<string>;
  /** What runs that were started did, by their id, as far as it is read. */
  readonly childGroups?: ReadonlyMap<string, readonly EventGroup[]> | undefined;
  readonly matches?: ((group: EventGroup) => boolean) | undefined;
  /** What lies outside of it is left out. */
  readonly range?: TimeRange | undefined;
}

/** Where the rows of a run stand: those of runs that were started are within the row that says so. */
interface Place {
  readonly depth: number;
  readonly of: ChildRun | undefined;
}

export function timelineRows(groups: readonly EventGroup[], options: RowOptions): readonly TimelineRow[] {
  return rowsOfRun(groups, options, { depth: 0, of: undefined });
}

function rowsOfRun(groups: readonly EventGroup[], options: RowOptions, place: Place): readonly TimelineRow[] {
  return ownRows(groups, options, place).flatMap((row): readonly TimelineRow[] => {
    const child = row.type === 'group' ? row.child : undefined;
    if (child === undefined || !options.opened.has(child.runId)) return [row];
    const within = (options.childGroups?.get(child.runId) ?? []).filter(({ kind }) => kind !== 'workflow');
    // What is looked for is looked for in the timeline's own run.
    const all = { ...options, matches: undefined };
    return [row, ...rowsOfRun(within, all, { depth: row.depth + 1, of: child })];
  });
}

function ownRows(groups: readonly EventGroup[], options: RowOptions, place: Place): TimelineRow[] {
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
      rows.push(...members.map((group) => groupRow(group, options, place)));
      continue;
    }
    const ownKey = place.of === undefined ? key : `${place.of.runId} ${key}`;
    rows.push({ type: 'cluster', key: ownKey, depth: place.depth, cluster: toCluster(key, members) });
    const within = { ...place, depth: place.depth + 1 };
    if (options.opened.has(ownKey)) rows.push(...members.map((group) => groupRow(group, options, within)));
  }
  const sign = options.isNewestFirst ? -1 : 1;
  return rows.sort((left, right) => byStart(left, right, place.depth, sign));
}

function isVisible(group: EventGroup, { showsWorkflowTasks, matches, range }: RowOptions): boolean {
  if (range !== undefined && !isWithin(group.startMs, endOf(group), range)) return false;
  if (group.kind === 'workflowTask' && !showsWorkflowTasks && !isTroubled(group)) return false;
  return matches === undefined || matches(group);
}

/** Of a point, where it stands; undefined while it goes on. */
function endOf({ state, startMs, endMs }: EventGroup): number | undefined {
  return state === 'instant' ? startMs : endMs;
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

function groupRow(group: EventGroup, { namespace }: RowOptions, { depth, of }: Place): TimelineRow {
  const key = of === undefined ? String(group.id) : `${of.runId} ${group.id}`;
  const child = namespace === undefined ? undefined : childRunOf(group, of?.namespace ?? namespace);
  return { type: 'group', key, depth, group, of, child };
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
function byStart(left: TimelineRow, right: TimelineRow, depth: number, sign: number): number {
  return (
    sign * (orderOf(left, depth) - orderOf(right, depth)) ||
    left.depth - right.depth ||
    sign * (idOf(left) - idOf(right))
  );
}

function orderOf(row: TimelineRow, depth: number): number {
  if (row.type === 'cluster') return row.cluster.groups[0]?.id ?? 0;
  return row.depth > depth ? row.group.batch + 1 : row.group.id;
}

function idOf(row: TimelineRow): number {
  return row.type === 'group' ? row.group.id : 0;
}
