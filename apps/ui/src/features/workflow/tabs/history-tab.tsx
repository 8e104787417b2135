import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useDeferredValue, useMemo, useRef, useState } from 'react';
import { Checkbox, Input } from '../../../components/field.tsx';
import { EventList } from '../../../components/history/event-list.tsx';
import { EventDetail, Inspector } from '../../../components/history/inspector.tsx';
import inspectorStyles from '../../../components/history/inspector.module.css';
import { TextView } from '../../../components/json-view.tsx';
import { Panel } from '../../../components/page.tsx';
import { Segmented } from '../../../components/segmented.tsx';
import { Loading } from '../../../components/states.tsx';
import { useCommands } from '../../../lib/commands.ts';
import { eventIdOf, eventTypeWords } from '../../../lib/history/events.ts';
import type { EventGroup } from '../../../lib/history/groups.ts';
import { eventText } from '../../../lib/history/search.ts';
import { instantMs } from '../../../lib/time.ts';
import { type ChosenKinds, isOfKinds, KindFilter } from '../kind-filter.tsx';
import type { PageSearch } from '../page-search.ts';
import { ReplayBar } from '../replay/replay-bar.tsx';
import { useReplay } from '../replay/use-replay.ts';
import type { WorkflowView } from '../use-workflow.ts';
import { CompactHistory } from './compact-history.tsx';
import styles from './tab.module.css';

const path = '/namespaces/$namespace/workflows/$workflowId/$runId/{-$tab}';

/** Every event, searched and filtered; in full, in groups, or as JSON. */
export function HistoryTab({ view }: { readonly view: WorkflowView }): ReactNode {
  const search = useSearch({ from: path });
  const navigate = useNavigate({ from: path });
  const [kinds, setKinds] = useState<ChosenKinds>(new Set());
  const [isElapsed, setIsElapsed] = useState(false);
  const [isNewestFirst, setIsNewestFirst] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useCommands([
    {
      id: 'history.find',
      title: 'Find in the history',
      group: 'This workflow',
      keys: '/',
      run: () => input.current?.focus(),
    },
  ]);
  const replay = useReplay(view);
  const find = useDeferredValue(search.find ?? '');
  const groupOf = useMemo(() => groupsByEvent(replay.groups), [replay.groups]);
  const events = useMemo(() => {
    const words = find.toLowerCase();
    const shown = view.history.events.filter(
      (event) =>
        (replay.at === undefined || eventIdOf(event) <= replay.at) &&
        isOfKinds(groupOf.get(eventIdOf(event)), kinds) &&
        (words === '' || eventText(event).includes(words)),
    );
    return isNewestFirst ? shown.reverse() : shown;
  }, [view.history.events, replay.at, groupOf, kinds, find, isNewestFirst]);
  const change = (next: Partial<Record<keyof PageSearch, unknown>>): void =>
    void navigate({ search: (old) => ({ ...old, ...next }) as PageSearch, replace: true, resetScroll: false });
  if (view.history.events.length === 0) return <Loading>Reading the history</Loading>;
  const mode = search.view ?? 'all';
  return (
    <>
      <div className={styles.tools}>
        <Input
          ref={input}
          type="search"
          className={styles.find}
          aria-label="Find in the history"
          placeholder="Find in types, names, values and failures"
          defaultValue={search.find ?? ''}
          onChange={(event) => change({ find: event.target.value || undefined })}
        />
        <KindFilter chosen={kinds} onChange={setKinds} />
        <Segmented
          label="Form"
          value={mode}
          options={[
            ['all', 'All'],
            ['compact', 'Compact'],
            ['json', 'JSON'],
          ]}
          onChange={(next) => change({ view: next === 'all' ? undefined : next })}
        />
        <Checkbox label="Since the start" checked={isElapsed} onChange={() => setIsElapsed(!isElapsed)} />
        <Checkbox label="Newest first" checked={isNewestFirst} onChange={() => setIsNewestFirst(!isNewestFirst)} />
        <span className={styles.note} role="status">
          {events.length.toLocaleString('en')} of {view.history.events.length.toLocaleString('en')} events
          {!view.history.isComplete && ' so far'}
        </span>
        <ReplayBar view={view} />
      </div>
      {mode === 'json' ? (
        <TextView text={JSON.stringify({ events }, undefined, 2)} label="history as JSON" />
      ) : (
        <Events view={view} mode={mode} events={events} groupOf={groupOf} isElapsed={isElapsed} />
      )}
    </>
  );
}

interface EventsProps {
  readonly view: WorkflowView;
  readonly mode: 'all' | 'compact';
  readonly events: WorkflowView['history']['events'];
  readonly groupOf: ReadonlyMap<number, EventGroup>;
  readonly isElapsed: boolean;
}

function Events({ view, mode, events, groupOf, isElapsed }: EventsProps): ReactNode {
  const { event: selected } = useSearch({ from: path });
  const navigate = useNavigate({ from: path });
  const select = (id: number | undefined): void =>
    void navigate({ search: (old) => ({ ...old, event: id }), replace: true, resetScroll: false });
  const group = selected === undefined ? undefined : groupOf.get(selected);
  const event = view.history.events.find((each) => eventIdOf(each) === selected);
  const startMs = instantMs(view.history.events[0]?.eventTime) ?? 0;
  const close = (): void => select(undefined);
  return (
    <div className={styles.split} data-open={group !== undefined}>
      <Panel isFlush>
        {mode === 'all' ? (
          <EventList {...{ events, groupOf, startMs, isElapsed }} selectedId={selected} onSelect={select} />
        ) : (
          <CompactHistory
            events={events}
            groupOf={groupOf}
            startMs={startMs}
            selectedId={group?.id}
            onSelect={select}
          />
        )}
      </Panel>
      {group !== undefined && event !== undefined && (
        <aside className={styles.side} aria-label={mode === 'all' ? eventTypeWords(event) : group.name}>
          <Inspector key={`${mode}${selected}`} group={group} onClose={close}>
            {mode === 'all' && (
              <div className={inspectorStyles.block}>
                <h3>
                  Event {event.eventId}, {eventTypeWords(event)}
                </h3>
                <EventDetail event={event} />
              </div>
            )}
          </Inspector>
        </aside>
      )}
    </div>
  );
}

function groupsByEvent(groups: readonly EventGroup[]): ReadonlyMap<number, EventGroup> {
  const byEvent = new Map<number, EventGroup>();
  for (const group of groups) for (const event of group.events) byEvent.set(eventIdOf(event), group);
  return byEvent;
}
