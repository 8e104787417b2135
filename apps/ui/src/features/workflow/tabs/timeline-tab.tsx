import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useMemo, useState } from 'react';
import { Checkbox, Input } from '../../../components/field.tsx';
import { Inspector } from '../../../components/history/inspector.tsx';
import { type ScaleKind, suitingScale, Timeline } from '../../../components/history/timeline.tsx';
import { Panel } from '../../../components/page.tsx';
import { Segmented } from '../../../components/segmented.tsx';
import { Loading } from '../../../components/states.tsx';
import type { EventGroup } from '../../../lib/history/groups.ts';
import { groupText } from '../../../lib/history/search.ts';
import { instantMs } from '../../../lib/time.ts';
import { useNow } from '../../../lib/use-now.ts';
import { PendingActivityCard } from '../pending-activity-card.tsx';
import { ReplayBar } from '../replay/replay-bar.tsx';
import { useReplay } from '../replay/use-replay.ts';
import type { WorkflowView } from '../use-workflow.ts';
import { InputResult } from './input-result.tsx';
import styles from './tab.module.css';

const path = '/namespaces/$namespace/workflows/$workflowId/$runId/{-$tab}';

/** What happened and what is pending, over time. */
export function TimelineTab({ view }: { readonly view: WorkflowView }): ReactNode {
  const { event: selected } = useSearch({ from: path });
  const navigate = useNavigate({ from: path });
  const replay = useReplay(view);
  const [scaleKind, setScaleKind] = useState<ScaleKind>();
  const [showsTasks, setShowsTasks] = useState(false);
  const [find, setFind] = useState('');
  const nowMs = useNow(view.isOpen && replay.at === undefined);
  const endMs = replay.atMs ?? instantMs(view.description.workflowExecutionInfo?.closeTime) ?? nowMs;
  const matches = useMemo(() => matcher(find), [find]);
  const group = replay.groups.find(
    ({ id, events }) => id === selected || events.some(({ eventId }) => Number(eventId) === selected),
  );
  if (view.history.events.length === 0) return <Loading>Reading the history</Loading>;
  const chosen = scaleKind ?? suitingScale(replay.groups, endMs);
  const pending = replay.at === undefined ? view.pending.get(group?.subject ?? '') : undefined;
  const select = (id: number | undefined): void =>
    void navigate({ search: (search) => ({ ...search, event: id }), replace: true, resetScroll: false });
  return (
    <>
      <InputResult view={view} />
      <div className={styles.tools}>
        <Input
          type="search"
          className={styles.find}
          aria-label="Find in the timeline"
          placeholder="Find by name, value or failure"
          value={find}
          onChange={(event) => setFind(event.target.value)}
        />
        <Segmented
          label="Scale"
          value={chosen}
          options={[
            ['even', 'Shorten waits'],
            ['linear', 'True to time'],
          ]}
          onChange={setScaleKind}
        />
        <Checkbox label="Workflow tasks" checked={showsTasks} onChange={() => setShowsTasks(!showsTasks)} />
        <span className={styles.push} />
        {!view.history.isComplete && <span className={styles.note}>{view.history.events.length} events so far…</span>}
        <ReplayBar view={view} />
      </div>
      <div className={styles.split} data-open={group !== undefined}>
        <Panel isFlush>
          <Timeline
            groups={replay.groups}
            pending={replay.at === undefined ? view.pending : new Map()}
            endMs={endMs}
            scaleKind={chosen}
            showsWorkflowTasks={showsTasks}
            matches={matches}
            selectedId={group?.id}
            onSelect={select}
          />
        </Panel>
        {group !== undefined && (
          <aside className={styles.side} aria-label={group.name}>
            <Inspector key={group.id} group={group} onClose={() => select(undefined)}>
              {group.kind === 'activity' && group.state === 'open' && pending !== undefined && (
                <PendingActivityCard activity={pending} run={view.run} isBare />
              )}
            </Inspector>
          </aside>
        )}
      </div>
    </>
  );
}

function matcher(find: string): ((group: EventGroup) => boolean) | undefined {
  const words = find.trim().toLowerCase();
  return words === '' ? undefined : (group) => groupText(group).includes(words);
}
