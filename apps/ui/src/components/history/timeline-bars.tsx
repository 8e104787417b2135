import type { PendingActivityInfo } from '@perdure/proto/json-types';
import type { CSSProperties, ReactNode } from 'react';
import { failureLine, rootCause } from '../../lib/history/events.ts';
import type { EventGroup } from '../../lib/history/groups.ts';
import type { Scale } from '../../lib/history/scale.ts';
import type { Cluster } from '../../lib/history/timeline.ts';
import { formatDuration } from '../../lib/time.ts';
import { Countdown } from '../time.tsx';
import type { Tone } from '../tone.ts';
import { groupTone, stateNames } from './group-state.ts';
import styles from './timeline.module.css';

function span(scale: Scale, fromMs: number, toMs: number): CSSProperties {
  const left = scale.at(fromMs);
  return { left: `${left * 100}%`, width: `${Math.max(0, scale.at(toMs) - left) * 100}%` };
}

export interface GroupBarProps {
  readonly group: EventGroup;
  readonly pending: PendingActivityInfo | undefined;
  readonly scale: Scale;
}

/** A group on the track: a thin line while it waited for a worker, a bar from then on, and what there is to say. */
export function GroupBar({ group, pending: ofSubject, scale }: GroupBarProps): ReactNode {
  const pending = group.kind === 'activity' && group.state === 'open' ? ofSubject : undefined;
  const failure = group.failure ?? pending?.lastFailure;
  const tone = groupTone(group, pending?.lastFailure !== undefined);
  const endMs = group.endMs ?? scale.endMs;
  if (group.state === 'instant') {
    return (
      <>
        <span className={styles.point} data-tone={tone} style={{ left: `${scale.at(group.startMs) * 100}%` }} />
        <Note scale={scale} fromMs={group.startMs} toMs={group.startMs} tone="quiet">
          <span hidden>{stateNames[group.state]}</span>
        </Note>
      </>
    );
  }
  const startedMs = group.kind === 'activity' ? (group.startedMs ?? group.startMs) : group.startMs;
  return (
    <>
      {startedMs > group.startMs && <span className={styles.queue} style={span(scale, group.startMs, startedMs)} />}
      <span
        className={styles.bar}
        data-tone={tone}
        data-open={group.state === 'open'}
        style={span(scale, startedMs, endMs)}
      />
      <Note scale={scale} fromMs={startedMs} leftOfMs={group.startMs} toMs={endMs} tone={tone}>
        {group.state === 'open' ? <OpenWords group={group} pending={pending} /> : formatDuration(endMs - group.startMs)}
        {group.attempt > 1 && `, attempt ${group.attempt}`}
        {failure !== undefined && tone === 'failed' && `  ${failureLine(rootCause(failure))}`}
      </Note>
    </>
  );
}

function OpenWords({ group, pending }: Pick<GroupBarProps, 'group' | 'pending'>): ReactNode {
  if (group.dueMs !== undefined) {
    return (
      <>
        fires <Countdown to={new Date(group.dueMs).toISOString()} />
      </>
    );
  }
  if (pending === undefined) return group.kind === 'workflow' || group.kind === 'child' ? 'running' : 'pending';
  const attempt = `attempt ${pending.attempt ?? 1}`;
  const isWaiting = pending.state === 'PENDING_ACTIVITY_STATE_SCHEDULED' && pending.lastFailure !== undefined;
  if (!isWaiting) return attempt;
  return (
    <>
      {attempt}, next <Countdown to={pending.nextAttemptScheduleTime ?? pending.scheduledTime} />
    </>
  );
}

interface NoteProps {
  readonly scale: Scale;
  readonly fromMs: number;
  readonly toMs: number;
  /** Words before the bar end here: what stands before it already stays readable. Default: where the bar begins. */
  readonly leftOfMs?: number;
  readonly tone: Tone;
  readonly children: ReactNode;
}

/** From this share of the track on, a bar has room for words. */
const insideMin = 0.3;

/** Words to a bar, where there is most room for them: inside it, after it or before it. */
function Note({ scale, fromMs, leftOfMs = fromMs, toMs, tone, children }: NoteProps): ReactNode {
  const [before, from, to] = [scale.at(leftOfMs), scale.at(fromMs), scale.at(toMs)];
  const isAfter = 1 - to >= before;
  const isWide = to - from >= Math.max(insideMin, before, 1 - to);
  const style: CSSProperties = isWide
    ? { left: `${from * 100}%`, right: `${(1 - to) * 100}%` }
    : isAfter
      ? { left: `calc(${to * 100}% + 3px)`, right: 0 }
      : { left: 0, right: `calc(${(1 - before) * 100}% + 3px)` };
  return (
    <span
      className={styles.note}
      data-tone={tone === 'failed' ? tone : undefined}
      data-inside={isWide}
      data-side={isAfter || isWide ? 'right' : 'left'}
      style={style}
    >
      {children}
    </span>
  );
}

const shares: readonly (readonly [keyof Cluster['counts'], Tone])[] = [
  ['done', 'done'],
  ['failed', 'failed'],
  ['timedOut', 'failed'],
  ['canceled', 'ended'],
  ['open', 'running'],
];

/** A fan-out in one bar: from the first start to the last end, coloured by how its members ended. */
export function ClusterBar({ cluster, scale }: { readonly cluster: Cluster; readonly scale: Scale }): ReactNode {
  const { counts, groups, startMs } = cluster;
  const endMs = cluster.endMs ?? scale.endMs;
  const words = shares.flatMap(([state]) =>
    counts[state] === undefined ? [] : [`${counts[state]} ${stateNames[state]}`],
  );
  const hasFailed = (counts.failed ?? 0) + (counts.timedOut ?? 0) > 0;
  return (
    <>
      <span className={`${styles.bar} ${styles.cluster}`} style={span(scale, startMs, endMs)}>
        {shares.map(([state, tone]) => {
          const count = counts[state] ?? 0;
          return count > 0 && <span key={state} data-tone={tone} style={{ flex: count / groups.length }} />;
        })}
      </span>
      <Note scale={scale} fromMs={startMs} toMs={endMs} tone={hasFailed ? 'failed' : 'quiet'}>
        {formatDuration(endMs - startMs)}, {words.join(', ')}
      </Note>
    </>
  );
}
