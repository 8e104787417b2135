import type { PendingActivityInfo } from '@perdure/proto/json-types';
import { ChevronRight } from 'lucide-react';
import { memo, type ReactNode, useCallback, useMemo, useRef, useState } from 'react';
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
  const { groups, pending, endMs, scaleKind, showsWorkflowTasks, matches, selectedId, onSelect } = props;
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
  const toggle = useCallback((key: string): void => {
    setOpened((keys) => {
      const next = new Set(keys);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  }, []);
  return (
    <div className={styles.timeline}>
      <Axis scale={scale} scaleKind={scaleKind} />
      <div ref={body} className={styles.rows} style={{ height: virtualizer.totalSize }}>
        {virtualizer.items.map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          if (row.type === 'cluster') {
            const isOpen = opened.has(row.key);
            return <ClusterRow key={row.key} row={row} top={start} scale={scale} isOpen={isOpen} onToggle={toggle} />;
          }
          return (
            <GroupRow
              key={row.key}
              row={row}
              top={start}
              scale={scale}
              pending={pending.get(row.group.subject)}
              isSelected={selectedId === row.group.id}
              onSelect={onSelect}
            />
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
        {scale.ticks.map(({ timeMs, at }, index) => {
          const next = scale.ticks[index + 1];
          const width = next && `${(next.at - at) * 100}%`;
          return (
            <span key={timeMs} className={styles.tick} style={{ left: `${at * 100}%`, width }}>
              {timeMs === scale.startMs ? '0' : `+${formatDuration(timeMs - scale.startMs)}`}
            </span>
          );
        })}
      </div>
    </div>
  );
}

interface RowProps<Type extends TimelineRow['type']> {
  readonly row: Extract<TimelineRow, { readonly type: Type }>;
  readonly top: number;
  readonly scale: Scale;
}

interface ClusterRowProps extends RowProps<'cluster'> {
  readonly isOpen: boolean;
  readonly onToggle: (key: string) => void;
}

// Scrolling brings rows and takes rows; those that stay are left alone.
const ClusterRow = memo(function ClusterRow({ row, top, scale, isOpen, onToggle }: ClusterRowProps): ReactNode {
  const { cluster, key } = row;
  return (
    <button
      type="button"
      className={styles.row}
      style={{ transform: `translateY(${top}px)` }}
      aria-expanded={isOpen}
      onClick={() => onToggle(key)}
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
});

interface GroupRowProps extends RowProps<'group'> {
  readonly pending: PendingActivityInfo | undefined;
  readonly isSelected: boolean;
  readonly onSelect: (id: number | undefined) => void;
}

const GroupRow = memo(function GroupRow(props: GroupRowProps): ReactNode {
  const { row, top, scale, pending, isSelected, onSelect } = props;
  const { group, isNested } = row;
  return (
    <button
      type="button"
      className={styles.row}
      style={{ transform: `translateY(${top}px)` }}
      aria-pressed={isSelected}
      onClick={() => onSelect(isSelected ? undefined : group.id)}
    >
      <span className={classes(styles.label, isNested && styles.nested)} title={group.name}>
        <KindIcon kind={group.kind} />
        <span className={styles.name}>{group.name}</span>
        {group.kind === 'child' && <span className={styles.subject}>{group.subject}</span>}
        <span className={styles.id}>{group.id}</span>
      </span>
      <span className={styles.track}>
        <GroupBar group={group} pending={pending} scale={scale} />
      </span>
    </button>
  );
});
