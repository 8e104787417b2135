import type { HistoryEvent } from '@perdure/proto/json-types';
import { memo, type ReactNode, useRef } from 'react';
import { eventIdOf, eventTimeMs, eventTypeWords } from '../../lib/history/events.ts';
import { eventSummary } from '../../lib/history/event-summary.ts';
import type { EventGroup, GroupKind } from '../../lib/history/groups.ts';
import { usePreferences } from '../../lib/preferences.ts';
import { exactInstant, formatClock, formatDuration } from '../../lib/time.ts';
import { useMainVirtualizer } from '../use-main-virtualizer.ts';
import styles from './event-list.module.css';
import { KindIcon } from './kind-icon.tsx';

export interface EventListProps {
  readonly events: readonly HistoryEvent[];
  /** Which group an event belongs to. */
  readonly groupOf: ReadonlyMap<number, EventGroup>;
  readonly startMs: number;
  /** Times since the start, or of the clock. */
  readonly isElapsed: boolean;
  readonly selectedId: number | undefined;
  readonly onSelect: (id: number | undefined) => void;
}

const failed = /_(FAILED|TIMED_OUT|TERMINATED|REJECTED)$/;

/** Each event in a line; those of the selected one's group are marked. */
export function EventList(props: EventListProps): ReactNode {
  const { events, groupOf, startMs, isElapsed, selectedId, onSelect } = props;
  const body = useRef<HTMLDivElement>(null);
  const isPhone = matchMedia('(max-width: 760px)').matches;
  const virtualizer = useMainVirtualizer(events.length, body, true, isPhone ? 44 : 30);
  const selectedGroup = selectedId === undefined ? undefined : groupOf.get(selectedId);
  return (
    <>
      <div ref={body} className={styles.list} style={{ height: virtualizer.totalSize }}>
        {virtualizer.items.map(({ index, start }) => {
          const event = events[index];
          if (event === undefined) return null;
          const id = eventIdOf(event);
          const group = groupOf.get(id);
          return (
            <EventRow
              key={id}
              event={event}
              top={start}
              kind={group?.kind ?? 'other'}
              elapsedFromMs={isElapsed ? startMs : undefined}
              isSelected={id === selectedId}
              isRelated={selectedGroup !== undefined && group === selectedGroup}
              onSelect={onSelect}
            />
          );
        })}
      </div>
      {events.length === 0 && <div className={styles.none}>No event matches</div>}
    </>
  );
}

interface EventRowProps {
  readonly event: HistoryEvent;
  readonly top: number;
  readonly kind: GroupKind;
  readonly elapsedFromMs: number | undefined;
  readonly isSelected: boolean;
  readonly isRelated: boolean;
  readonly onSelect: (id: number | undefined) => void;
}

/** Scrolling brings rows and takes rows; those that stay are left alone. */
const EventRow = memo(function EventRow(props: EventRowProps): ReactNode {
  const { event, top, kind, elapsedFromMs, isSelected, isRelated, onSelect } = props;
  const preferences = usePreferences();
  const id = eventIdOf(event);
  const timeMs = eventTimeMs(event);
  return (
    <button
      type="button"
      className={styles.row}
      style={{ transform: `translateY(${top}px)` }}
      aria-pressed={isSelected}
      data-related={isRelated}
      onClick={() => onSelect(isSelected ? undefined : id)}
    >
      <span className={styles.id}>{id}</span>
      <time className={styles.time} dateTime={event.eventTime} title={exactInstant(event.eventTime ?? '', preferences)}>
        {elapsedFromMs === undefined
          ? formatClock(timeMs, preferences, true)
          : `+${formatDuration(timeMs - elapsedFromMs)}`}
      </time>
      <span className={styles.type} data-tone={failed.test(event.eventType ?? '') ? 'failed' : undefined}>
        <KindIcon kind={kind} />
        {eventTypeWords(event)}
      </span>
      <span className={styles.summary}>{eventSummary(event)}</span>
    </button>
  );
});
