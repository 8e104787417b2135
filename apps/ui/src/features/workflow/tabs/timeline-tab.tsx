import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useMemo, useState } from 'react';
import { Checkbox, Input } from '../../../components/field.tsx';
import { Inspector } from '../../../components/history/inspector.tsx';
import { ScaleChoice } from '../../../components/history/scale-choice.tsx';
import { type ScaleKind, suitingScale, Timeline } from '../../../components/history/timeline.tsx';
import { useZoom } from '../../../components/history/use-zoom.tsx';
import { useOpening } from '../../../components/history/use-opening.tsx';
import { Panel } from '../../../components/page.tsx';
import { RunLink } from '../../../components/run-link.tsx';
import { Loading } from '../../../components/states.tsx';
import type { EventGroup } from '../../../lib/history/groups.ts';
import type { GroupTimelineRow } from '../../../lib/history/timeline.ts';
import { groupText } from '../../../lib/history/search.ts';
import { instantMs } from '../../../lib/time.ts';
import { useNow } from '../../../lib/use-now.ts';
import { type ChosenKinds, isOfKinds, KindFilter } from '../kind-filter.tsx';
import { PendingActivityCard } from '../pending-activity-card.tsx';
import { ReplayBar } from '../replay/replay-bar.tsx';
import { useReplay } from '../replay/use-replay.ts';
import type { WorkflowView } from '../use-workflow.ts';
import { InputResult } from './input-result.tsx';
import styles from './tab.module.css';

const path = '/namespaces/$namespace/workflows/$workflowId/$runId/{-$tab}';

/** What of a timeline is shown, and how. */
interface Look {
  readonly find: string;
  readonly kinds: ChosenKinds;
  /** Undefined for the one that suits. */
  readonly scaleKind: ScaleKind | undefined;
  readonly showsTasks: boolean;
  readonly isNewestFirst: boolean;
}

const initialLook: Look = {
  find: '',
  kinds: new Set(),
  scaleKind: undefined,
  showsTasks: false,
  isNewestFirst: false,
};

/** What happened and what is pending, over time. */
export function TimelineTab({ view }: { readonly view: WorkflowView }): ReactNode {
  const { event: selected } = useSearch({ from: path });
  const navigate = useNavigate({ from: path });
  const replay = useReplay(view);
  const [look, setLook] = useState(initialLook);
  const { find, kinds, showsTasks, isNewestFirst } = look;
  const nowMs = useNow(view.isOpen && replay.at === undefined);
  const endMs = replay.atMs ?? instantMs(view.description.workflowExecutionInfo?.closeTime) ?? nowMs;
  const [within, setWithin] = useState<GroupTimelineRow>();
  const { opening, readers } = useOpening();
  const matches = useMemo(() => matcher(find, kinds), [find, kinds]);
  const group = replay.groups.find(
    ({ id, events }) => id === selected || events.some(({ eventId }) => Number(eventId) === selected),
  );
  const scaleKind = look.scaleKind ?? suitingScale(replay.groups, endMs);
  const zoom = useZoom(replay.groups, endMs, scaleKind);
  if (view.history.events.length === 0) return <Loading>Reading the history</Loading>;
  const select = (row: GroupTimelineRow | undefined): void => {
    setWithin(row?.of === undefined ? undefined : row);
    const event = row?.of === undefined ? row?.group.id : undefined;
    void navigate({ search: (search) => ({ ...search, event }), replace: true, resetScroll: false });
  };
  return (
    <>
      <InputResult view={view} />
      <Tools
        view={view}
        look={{ ...look, scaleKind }}
        zoom={zoom.tools}
        onChange={(part) => setLook((old) => ({ ...old, ...part }))}
      />
      {readers}
      <div className={styles.split} data-open={group !== undefined || within !== undefined}>
        <Panel isFlush>
          <Timeline
            namespace={view.run.namespace}
            groups={replay.groups}
            pending={replay.at === undefined ? view.pending : new Map()}
            endMs={endMs}
            scaleKind={scaleKind}
            showsWorkflowTasks={showsTasks || kinds.has('workflowTask')}
            isNewestFirst={isNewestFirst}
            matches={matches}
            range={zoom.range}
            onRange={zoom.setRange}
            selected={within?.key ?? (group && String(group.id))}
            onSelect={select}
            opening={opening}
          />
        </Panel>
        <Side view={view} group={group} within={within} onClose={() => select(undefined)} />
      </div>
    </>
  );
}

interface ToolsProps {
  readonly view: WorkflowView;
  readonly look: Look & { readonly scaleKind: ScaleKind };
  readonly zoom: ReactNode;
  readonly onChange: (part: Partial<Look>) => void;
}

function Tools({ view, look, zoom, onChange }: ToolsProps): ReactNode {
  const { find, kinds, scaleKind, showsTasks, isNewestFirst } = look;
  return (
    <div className={styles.tools}>
      <Input
        type="search"
        className={styles.find}
        aria-label="Find in the timeline"
        placeholder="Find by name, value or failure"
        value={find}
        onChange={(event) => onChange({ find: event.target.value })}
      />
      <KindFilter chosen={kinds} onChange={(next) => onChange({ kinds: next })} />
      <ScaleChoice value={scaleKind} onChange={(next) => onChange({ scaleKind: next })} />
      {zoom}
      <Checkbox label="Workflow tasks" checked={showsTasks} onChange={() => onChange({ showsTasks: !showsTasks })} />
      <Checkbox
        label="Newest first"
        checked={isNewestFirst}
        onChange={() => onChange({ isNewestFirst: !isNewestFirst })}
      />
      <span className={styles.push} />
      {!view.history.isComplete && <span className={styles.note}>{view.history.events.length} events so far…</span>}
      <ReplayBar view={view} />
    </div>
  );
}

interface SideProps {
  readonly view: WorkflowView;
  readonly group: EventGroup | undefined;
  /** A row of a run that this one started. */
  readonly within: GroupTimelineRow | undefined;
  readonly onClose: () => void;
}

/** The row that is looked at, in full. */
function Side({ view, group, within, onClose }: SideProps): ReactNode {
  const { at } = useReplay(view);
  const shown = within?.group ?? group;
  if (shown === undefined) return null;
  const pending = at === undefined && within === undefined ? view.pending.get(shown.subject) : undefined;
  return (
    <aside className={styles.side} aria-label={shown.name}>
      <Inspector key={within?.key ?? shown.id} group={shown} onClose={onClose}>
        {within?.of !== undefined && (
          <p className={styles.of}>
            Of <RunLink {...within.of} />
          </p>
        )}
        {shown.kind === 'activity' && shown.state === 'open' && pending !== undefined && (
          <PendingActivityCard activity={pending} run={view.run} isBare />
        )}
      </Inspector>
    </aside>
  );
}

function matcher(find: string, kinds: ChosenKinds): ((group: EventGroup) => boolean) | undefined {
  const words = find.trim().toLowerCase();
  if (words === '' && kinds.size === 0) return undefined;
  return (group) => isOfKinds(group, kinds) && (words === '' || groupText(group).includes(words));
}
