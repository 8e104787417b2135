import type { PendingActivityInfo } from '@perdure/proto/json-types';
import { ChevronRight } from 'lucide-react';
import { type CSSProperties, memo, type PointerEvent, type ReactNode, useMemo, useRef, useState } from 'react';
import type { ChildRun } from '../../lib/history/children.ts';
import type { EventGroup } from '../../lib/history/groups.ts';
import { evenScale, isLopsided, linearScale, type Scale } from '../../lib/history/scale.ts';
import { type GroupTimelineRow, timelineRows, type TimelineRow } from '../../lib/history/timeline.ts';
import { rangeBetween, type TimeRange } from '../../lib/history/zoom.ts';
import { formatDuration } from '../../lib/time.ts';
import { useMainVirtualizer } from '../use-main-virtualizer.ts';
import { ClusterBar, GroupBar } from './timeline-bars.tsx';
import { KindIcon } from './kind-icon.tsx';
import { classes } from '../classes.ts';
import styles from './timeline.module.css';

export type ScaleKind = 'linear' | 'even';

export interface TimelineProps {
  /** Undefined for a history from elsewhere: the runs that it started are not read. */
  readonly namespace: string | undefined;
  readonly groups: readonly EventGroup[];
  /** What is pending now, by activity id: attempts and failures that history does not have. */
  readonly pending: ReadonlyMap<string, PendingActivityInfo>;
  /** The end of the axis: the close of the run, or the present. */
  readonly endMs: number;
  readonly scaleKind: ScaleKind;
  readonly showsWorkflowTasks: boolean;
  readonly matches?: ((group: EventGroup) => boolean) | undefined;
  readonly isNewestFirst?: boolean;
  /** The part that is looked at; undefined for the whole. */
  readonly range?: TimeRange | undefined;
  /** Takes a part that was drawn on the axis. */
  readonly onRange?: ((range: TimeRange) => void) | undefined;
  /** The key of the row that is looked at. */
  readonly selected: string | undefined;
  readonly onSelect: (row: GroupTimelineRow | undefined) => void;
  /** Fan-outs and runs that are open, and what is read of those runs. */
  readonly opening: Opening;
}

/** What is open in a timeline, by the keys of rows and the ids of runs. */
export interface Opening {
  readonly opened: ReadonlySet<string>;
  readonly toggle: (key: string, run?: ChildRun) => void;
  readonly childGroups?: ReadonlyMap<string, readonly EventGroup[]>;
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

interface ScaleFacts {
  readonly scaleKind: ScaleKind;
  readonly instants: readonly number[];
  readonly startMs: number;
  readonly endMs: number;
}

/** The scale of a part; its start and end are those of the whole, from which times are counted. */
function scaleOf({ scaleKind, instants, startMs, endMs }: ScaleFacts, range?: TimeRange): Scale {
  const { fromMs, toMs } = range ?? { fromMs: startMs, toMs: endMs };
  const scale = scaleKind === 'linear' ? linearScale(fromMs, toMs) : evenScale(instants, fromMs, toMs);
  return { ...scale, startMs, endMs };
}

/** The scale of the whole, for who moves a part of it. */
export function wholeScale(groups: readonly EventGroup[], endMs: number, scaleKind: ScaleKind): Scale {
  return scaleOf({ scaleKind, instants: instantsOf(groups), startMs: groups[0]?.startMs ?? endMs, endMs });
}

/** What the workflow did over time, a row for each thing, a single one for a fan-out until it is opened. */
export function Timeline(props: TimelineProps): ReactNode {
  const { namespace, groups, pending, endMs, scaleKind, showsWorkflowTasks, isNewestFirst, matches } = props;
  const { selected, onSelect, range, onRange } = props;
  const { opened, toggle, childGroups } = props.opening;
  const rows = useMemo(
    () => timelineRows(groups, { namespace, showsWorkflowTasks, isNewestFirst, opened, childGroups, matches, range }),
    [namespace, groups, showsWorkflowTasks, isNewestFirst, opened, childGroups, matches, range],
  );
  const instants = useMemo(() => instantsOf(groups), [groups]);
  const startMs = groups[0]?.startMs ?? endMs;
  const scale = useMemo(
    () => scaleOf({ scaleKind, instants, startMs, endMs }, range),
    [scaleKind, instants, startMs, endMs, range],
  );
  const body = useRef<HTMLDivElement>(null);
  const isPhone = matchMedia('(max-width: 760px)').matches;
  const virtualizer = useMainVirtualizer(rows.length, body, true, isPhone ? 40 : 30);
  return (
    <div className={styles.timeline}>
      <Axis
        scale={scale}
        scaleKind={scaleKind}
        isPhone={isPhone}
        seen={range ?? { fromMs: startMs, toMs: endMs }}
        onRange={onRange}
      />
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
              pending={row.of === undefined ? pending.get(row.group.subject) : undefined}
              isSelected={selected === row.key}
              isOpen={row.child !== undefined && opened.has(row.child.runId)}
              onSelect={onSelect}
              onToggle={toggle}
            />
          );
        })}
      </div>
      {rows.length === 0 && <div className={styles.none}>Nothing matches</div>}
    </div>
  );
}

interface AxisProps {
  readonly scale: Scale;
  readonly scaleKind: ScaleKind;
  readonly isPhone: boolean;
  readonly seen: TimeRange;
  readonly onRange: ((range: TimeRange) => void) | undefined;
}

/** The least share of the axis that a mark needs for its words. */
const tickWidthMin = { wide: 0.06, phone: 0.24 };

function roomyTicks({ ticks }: Scale, widthMin: number): Scale['ticks'] {
  const kept: { readonly timeMs: number; readonly at: number }[] = [];
  for (const tick of ticks) {
    const last = kept.at(-1);
    if ((last === undefined || tick.at - last.at >= widthMin) && tick.at <= 1 - widthMin) kept.push(tick);
  }
  return kept;
}

function Axis({ scale, scaleKind, isPhone, seen, onRange }: AxisProps): ReactNode {
  const { drawn, follow } = useDrawnRange((shares) => {
    const range = rangeBetween(scale, shares, seen);
    if (range !== undefined) onRange?.(range);
  });
  const ticks = roomyTicks(scale, isPhone ? tickWidthMin.phone : tickWidthMin.wide);
  return (
    <div className={styles.axis} aria-hidden="true">
      <div className={styles.axisNote}>{scaleKind === 'even' ? 'Waits are shortened' : 'True to time'}</div>
      <div className={classes(styles.ticks, onRange && styles.drawable)} {...(onRange && follow)}>
        {drawn !== undefined && (
          <span
            className={styles.drawn}
            style={{ left: `${Math.min(...drawn) * 100}%`, width: `${Math.abs(drawn[1] - drawn[0]) * 100}%` }}
          />
        )}
        {ticks.map(({ timeMs, at }, index) => {
          const next = ticks[index + 1];
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

/** A part of the axis, from where a pointer went down to where it is. The same can be done by keys. */
function useDrawnRange(onDraw: (shares: readonly [number, number]) => void) {
  const [drawn, setDrawn] = useState<readonly [number, number]>();
  const shareOf = ({ clientX, currentTarget }: PointerEvent): number => {
    const { left, width } = currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, (clientX - left) / Math.max(1, width)));
  };
  const follow = {
    title: 'Draw a part of it to look at it more closely',
    onPointerDown: (event: PointerEvent) => {
      if (!event.isPrimary || event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setDrawn([shareOf(event), shareOf(event)]);
    },
    onPointerMove: (event: PointerEvent) => {
      if (drawn !== undefined) setDrawn([drawn[0], shareOf(event)]);
    },
    onPointerUp: () => {
      setDrawn(undefined);
      if (drawn !== undefined && Math.abs(drawn[1] - drawn[0]) > drawnMin) onDraw(drawn);
    },
    onPointerCancel: () => setDrawn(undefined),
  };
  return { drawn, follow };
}

/** What is drawn and less of the axis than this was a click. */
const drawnMin = 0.01;

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
      style={placeOf(row, top)}
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

function placeOf({ depth }: TimelineRow, top: number): CSSProperties & Record<`--${string}`, number> {
  return { transform: `translateY(${top}px)`, '--depth': depth };
}

interface GroupRowProps extends RowProps<'group'> {
  readonly pending: PendingActivityInfo | undefined;
  readonly isSelected: boolean;
  /** Whether the run that it started is open. */
  readonly isOpen: boolean;
  readonly onSelect: (row: GroupTimelineRow | undefined) => void;
  readonly onToggle: (key: string, run: ChildRun) => void;
}

const GroupRow = memo(function GroupRow(props: GroupRowProps): ReactNode {
  const { row, top, scale, pending, isSelected, isOpen, onSelect, onToggle } = props;
  const { group, child } = row;
  return (
    <>
      <button
        type="button"
        className={styles.row}
        style={placeOf(row, top)}
        aria-pressed={isSelected}
        data-within={row.of !== undefined}
        onClick={() => onSelect(isSelected ? undefined : row)}
      >
        <span className={classes(styles.label, child !== undefined && styles.opens)} title={group.name}>
          <KindIcon kind={group.kind} />
          <span className={styles.name}>{group.name}</span>
          {group.kind === 'child' && <span className={styles.subject}>{group.subject}</span>}
          <span className={styles.id}>{group.id}</span>
        </span>
        <span className={styles.track}>
          <GroupBar group={group} pending={pending} scale={scale} />
        </span>
      </button>
      {child !== undefined && (
        <button
          type="button"
          className={styles.toggle}
          style={placeOf(row, top)}
          aria-expanded={isOpen}
          aria-label={`What ${child.workflowId} did`}
          title={isOpen ? 'Hide what it did' : 'Show what it did'}
          onClick={() => onToggle(child.runId, child)}
        >
          <ChevronRight size={14} style={isOpen ? { rotate: '90deg' } : undefined} aria-hidden="true" />
        </button>
      )}
    </>
  );
});
