import type { HistoryEvent } from '@perdure/proto/json-types';
import { type ReactNode, useMemo, useState } from 'react';
import { messageOf } from '../../../api/errors.ts';
import { Button } from '../../../components/button.tsx';
import { Field } from '../../../components/field.tsx';
import { Inspector } from '../../../components/history/inspector.tsx';
import { ScaleChoice } from '../../../components/history/scale-choice.tsx';
import { type ScaleKind, suitingScale, Timeline } from '../../../components/history/timeline.tsx';
import { useZoom } from '../../../components/history/use-zoom.tsx';
import { useOpening } from '../../../components/history/use-opening.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Page, Panel } from '../../../components/page.tsx';
import { eventTimeMs } from '../../../lib/history/events.ts';
import { groupEvents } from '../../../lib/history/groups.ts';
import { readHistoryFile } from './read-history.ts';
import tabStyles from '../tabs/tab.module.css';

/** A history from a file, looked at without a server having it. Nothing leaves the browser. */
export function ImportPage(): ReactNode {
  const [events, setEvents] = useState<readonly HistoryEvent[]>();
  const [error, setError] = useState<unknown>();
  const open = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    setError(undefined);
    try {
      setEvents(readHistoryFile(await file.text()));
    } catch (caught) {
      setError(caught);
    }
  };
  return (
    <Page
      title="A history from a file"
      lead="As downloaded here, or printed by `workflow show --output json`. It stays in this browser."
      actions={events !== undefined && <Button onClick={() => setEvents(undefined)}>Another file</Button>}
    >
      {error !== undefined && <Notice tone="failed">{messageOf(error)}</Notice>}
      {events === undefined ? (
        <Panel>
          <Field label="History file (JSON)">
            {(control) => (
              <input
                {...control}
                type="file"
                accept="application/json,.json"
                onChange={(event) => void open(event.target.files?.[0])}
              />
            )}
          </Field>
        </Panel>
      ) : (
        <ImportedTimeline events={events} />
      )}
    </Page>
  );
}

function ImportedTimeline({ events }: { readonly events: readonly HistoryEvent[] }): ReactNode {
  const groups = useMemo(() => groupEvents(events), [events]);
  const endMs = events.reduce((latest, event) => Math.max(latest, eventTimeMs(event)), 0);
  const [scaleKind, setScaleKind] = useState<ScaleKind>(() => suitingScale(groups, endMs));
  const [selected, setSelected] = useState<number>();
  const zoom = useZoom(groups, endMs, scaleKind);
  const { opening } = useOpening();
  const group = groups.find(({ id }) => id === selected);
  return (
    <>
      <div className={tabStyles.tools}>
        <ScaleChoice value={scaleKind} onChange={setScaleKind} />
        {zoom.tools}
        <span className={tabStyles.note}>{events.length.toLocaleString('en')} events</span>
      </div>
      <div className={tabStyles.split} data-open={group !== undefined}>
        <Panel isFlush>
          <Timeline
            namespace={undefined}
            groups={groups}
            pending={new Map()}
            endMs={endMs}
            scaleKind={scaleKind}
            showsWorkflowTasks
            range={zoom.range}
            onRange={zoom.setRange}
            selected={selected === undefined ? undefined : String(selected)}
            onSelect={(row) => setSelected(row?.group.id)}
            opening={opening}
          />
        </Panel>
        {group !== undefined && (
          <aside className={tabStyles.side} aria-label={group.name}>
            <Inspector key={group.id} group={group} onClose={() => setSelected(undefined)} />
          </aside>
        )}
      </div>
    </>
  );
}
