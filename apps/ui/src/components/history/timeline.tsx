import type { PendingActivityInfo } from '@perdure/proto/json-types';
import { ChevronRight } from 'lucide-react';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import type { EventGroup } from '../../lib/history/groups.ts';
import { evenScale, isLopsided, linearScale, type Scale } from '../../lib/history/scale.ts';
import { timelineRows, type TimelineRow } from '../../lib/history/timeline.ts';
import { formatDuration } from '../../lib/time.ts';
import { useMainVirtualizer } from '../use-main-virtualizer.ts';
import { ClusterBar, GroupBar } from './timeline-bars.tsx';
import { KindIcon } from './kind-icon.tsx';
import { classes } from '../classes.ts';
import styles from './timeline.module.css';

export type ScaleKind = 'linear' | 'even';

export interface TimelineProps {
  readonly groups: readonly EventGroup[];
  /** What is pending now, by activity id: attempts and failures that history does not have. */
  readonly pending: ReadonlyMap<string, PendingActivityInfo>;
  /** The end of the axis: the close of the run, or the present. */
  readonly endMs: number;
  readonly scaleKind: ScaleKind;
  readonly showsWorkflowTasks: boolean;
  readonly matches?: ((group: EventGroup) => boolean) | undefined;
  readonly selectedId: number | undefined;
  readonly onSelect: (id: number | undefined) => void;
}

/** Which scale suits a history at first: true to time, unless one wait would press all else together. */
export function suitingScale(groups: readonly EventGroup[], endMs: number): ScaleKind {
  const startMs = groups[0]?.startMs ?? endMs;
  return isLopsided(instantsOf(groups), startMs, endMs) ? 'even' : 'linear';
}

function instantsOf(groups: readonly EventGroup[]): number[] {
  return groups.flatMap(({ startMs, startedMs, endMs }) =>
    [startMs, startedMs, endMs].filter((timeMs): timeMs is number => timeMs !== undefined),
  );
}

/** What the workflow did over time, a row for each thing, a single one for a fan-out until it is opened. */
export function Timeline(props: TimelineProps): ReactNode {
  const { groups, endMs, scaleKind, showsWorkflowTasks, matches } = props;
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(
    () => timelineRows(groups, { showsWorkflowTasks, opened, matches }),
    [groups, showsWorkflowTasks, opened, matches],
  );
  const startMs = groups[0]?.startMs ?? endMs;
  const instants = useMemo(() => instantsOf(groups), [groups]);
  const scale = useMemo(
    () => (scaleKind === 'linear' ? linearScale(startMs, endMs) : evenScale(instants, startMs, endMs)),
    [scaleKind, instants, startMs, endMs],
  );
  const body = useRef<HTMLDivElement>(null);
  const isPhone = matchMedia('(max-width: 760px)').matches;
  const virtualizer = useMainVirtualizer(rows.length, body, true, isPhone ? 40 : 30);
  const toggle = (key: string): void => {
    const next = new Set(opened);
    if (!next.delete(key)) next.add(key);
    setOpened(next);
  };
  return (
    <div className={styles.timeline}>
      <Axis scale={scale} scaleKind={scaleKind} />
      <div ref={body} className={styles.rows} style={{ height: virtualizer.totalSize }}>
        {virtualizer.items.map(({ index, start }) => {
          const row = rows[index];
          return (
            row && (
              <Row
                key={row.key}
                row={row}
                top={start}
                scale={scale}
                timeline={props}
                opened={opened}
                onToggle={toggle}
              />
            )
          );
        })}
      </div>
      {rows.length === 0 && <div className={styles.none}>Nothing matches</div>}
    </div>
  );
}

function Axis({ scale, scaleKind }: { readonly scale: Scale; readonly scaleKind: ScaleKind }): ReactNode {
  return (
    <div className={styles.axis} aria-hidden="true">
      <div className={styles.axisNote}>{scaleKind === 'even' ? 'Waits are shortened' : 'True to time'}</div>
      <div className={styles.ticks}>
        {scale.ticks.map(({ timeMs, at }) => (
          <span key={timeMs} className={styles.tick} style={{ left: `${at * 100}%` }}>
            {timeMs === scale.startMs ? '0' : `+${formatDuration(timeMs - scale.startMs)}`}
          </span>
        ))}
      </div>
    </div>
  );
}

interface RowProps {
  readonly row: TimelineRow;
  readonly top: number;
  readonly scale: Scale;
  readonly timeline: TimelineProps;
  readonly opened: ReadonlySet<string>;
  readonly onToggle: (key: string) => void;
}

function Row({ row, top, scale, timeline, opened, onToggle }: RowProps): ReactNode {
  const style = { transform: `translateY(${top}px)` };
  if (row.type === 'cluster') {
    const { cluster } = row;
    const isOpen = opened.has(row.key);
    return (
      <button
        type="button"
        className={styles.row}
        style={style}
        aria-expanded={isOpen}
        onClick={() => onToggle(row.key)}
      >
        <span className={styles.label}>
          <ChevronRight size={14} style={isOpen ? { rotate: '90deg' } : undefined} aria-hidden="true" />
          <span className={styles.name}>{cluster.name}</span>
          <span className={styles.count}>× {cluster.groups.length}</span>
        </span>
        <span className={styles.track}>
          <ClusterBar cluster={cluster} scale={scale} />
        </span>
      </button>
    );
  }
  const { group, isNested } = row;
  const isSelected = timeline.selectedId === group.id;
  return (
    <button
      type="button"
      className={styles.row}
      style={style}
      aria-pressed={isSelected}
      onClick={() => timeline.onSelect(isSelected ? undefined : group.id)}
    >
      <span className={classes(styles.label, isNested && styles.nested)} title={group.name}>
        <KindIcon kind={group.kind} />
        <span className={styles.name}>{group.name}</span>
        {group.kind === 'child' && <span className={styles.subject}>{group.subject}</span>}
        <span className={styles.id}>{group.id}</span>
      </span>
      <span className={styles.track}>
        <GroupBar group={group} pending={timeline.pending.get(group.subject)} scale={scale} />
      </span>
    </button>
  );
}
