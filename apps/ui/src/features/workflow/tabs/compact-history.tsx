import type { HistoryEvent } from '@perdure/proto/json-types';
import { type ReactNode, useMemo, useRef } from 'react';
import listStyles from '../../../components/history/event-list.module.css';
import { stateNames } from '../../../components/history/group-state.ts';
import { KindIcon } from '../../../components/history/kind-icon.tsx';
import { useMainVirtualizer } from '../../../components/use-main-virtualizer.ts';
import { eventIdOf, failureLine, payloadsOf, rootCause } from '../../../lib/history/events.ts';
import type { EventGroup } from '../../../lib/history/groups.ts';
import { shorten, summarize } from '../../../lib/payload.ts';
import { formatDuration } from '../../../lib/time.ts';

export interface CompactHistoryProps {
  readonly events: readonly HistoryEvent[];
  readonly groupOf: ReadonlyMap<number, EventGroup>;
  readonly startMs: number;
  readonly selectedId: number | undefined;
  readonly onSelect: (id: number | undefined) => void;
}

/** A line for each thing that the workflow did, workflow tasks left out unless they failed. */
export function CompactHistory({ events, groupOf, startMs, selectedId, onSelect }: CompactHistoryProps): ReactNode {
  const groups = useMemo(() => {
    const shown = new Set(events.map((event) => groupOf.get(eventIdOf(event))));
    return [...shown].filter(
      (group): group is EventGroup =>
        group !== undefined && (group.kind !== 'workflowTask' || group.failure !== undefined),
    );
  }, [events, groupOf]);
  const body = useRef<HTMLDivElement>(null);
  const virtualizer = useMainVirtualizer(groups.length, body, true, 30);
  return (
    <>
      <div ref={body} className={listStyles.list} style={{ height: virtualizer.totalSize }}>
        {virtualizer.items.map(({ index, start }) => {
          const group = groups[index];
          if (group === undefined) return null;
          const isFailed = group.state === 'failed' || group.state === 'timedOut';
          return (
            <button
              key={group.id}
              type="button"
              className={listStyles.row}
              style={{ transform: `translateY(${start}px)` }}
              aria-pressed={group.id === selectedId}
              onClick={() => onSelect(group.id === selectedId ? undefined : group.id)}
            >
              <span className={listStyles.id}>{group.id}</span>
              <span className={listStyles.time}>+{formatDuration(group.startMs - startMs)}</span>
              <span className={listStyles.type} data-tone={isFailed ? 'failed' : undefined}>
                <KindIcon kind={group.kind} />
                {group.name}
              </span>
              <span className={listStyles.summary}>{groupSummary(group)}</span>
            </button>
          );
        })}
      </div>
      {groups.length === 0 && <div className={listStyles.none}>Nothing matches</div>}
    </>
  );
}

function groupSummary(group: EventGroup): string {
  const took = group.endMs === undefined ? undefined : formatDuration(group.endMs - group.startMs);
  const value = group.events.flatMap(payloadsOf).at(-1)?.[1];
  const said =
    group.failure === undefined
      ? value?.map((payload) => summarize(payload, 160)).join(', ')
      : shorten(failureLine(rootCause(group.failure)), 200);
  return [stateNames[group.state], group.state === 'instant' ? undefined : took, said].filter(Boolean).join('  ');
}
