import { ChevronLeft, ChevronRight, History, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, IconButton } from '../../../components/button.tsx';
import { Timestamp } from '../../../components/time.tsx';
import { useCommands } from '../../../lib/commands.ts';
import { eventIdOf, eventTypeWords } from '../../../lib/history/events.ts';
import { kindNames } from '../../../lib/history/groups.ts';
import type { WorkflowView } from '../use-workflow.ts';
import styles from './replay.module.css';
import { type Replay, useReplay } from './use-replay.ts';

/** Goes back to any event, and forward again: `[` and `]` step, the slider jumps. */
export function ReplayBar({ view }: { readonly view: WorkflowView }): ReactNode {
  const replay = useReplay(view);
  const { events } = view.history;
  const lastId = events.length === 0 ? 0 : eventIdOf(events.at(-1) ?? {});
  const step = (by: number): void => {
    const next = (replay.at ?? lastId) + by;
    replay.goTo(next >= lastId ? undefined : Math.max(1, next));
  };
  useCommands([
    { id: 'replay.back', title: 'Back by one event', group: 'This workflow', keys: '[', run: () => step(-1) },
    { id: 'replay.forward', title: 'Forward by one event', group: 'This workflow', keys: ']', run: () => step(1) },
  ]);
  if (replay.at === undefined) {
    return (
      <Button isSmall onClick={() => replay.goTo(Math.max(1, lastId - 1))}>
        <History size={14} />
        Replay
      </Button>
    );
  }
  const event = events.find((each) => eventIdOf(each) === replay.at);
  return (
    <div className={styles.bar} role="group" aria-label="Replay">
      <IconButton label="Back by one event" isSmall onClick={() => step(-1)}>
        <ChevronLeft size={16} />
      </IconButton>
      <input
        type="range"
        className={styles.slider}
        aria-label="Event"
        min={1}
        max={lastId}
        value={replay.at}
        onChange={(change) => replay.goTo(Number(change.target.value))}
      />
      <IconButton label="Forward by one event" isSmall onClick={() => step(1)}>
        <ChevronRight size={16} />
      </IconButton>
      <span className={styles.event}>
        As it stood at event {replay.at}
        {event !== undefined && `: ${eventTypeWords(event)}, `}
        <Timestamp value={event?.eventTime} style="absolute" />
      </span>
      <Button isSmall onClick={() => replay.goTo(undefined)}>
        <X size={14} />
        Back to now
      </Button>
      <PendingThen replay={replay} />
    </div>
  );
}

function PendingThen({ replay }: { readonly replay: Replay }): ReactNode {
  const open = replay.groups.filter(({ state, kind }) => state === 'open' && kind !== 'workflow');
  const names = open
    .slice(0, 6)
    .map(({ name, kind }) =>
      kind === 'workflowTask' ? 'the workflow code' : `${kindNames[kind].toLowerCase()} ${name}`,
    );
  const more = open.length > names.length ? ` and ${open.length - names.length} more` : '';
  return (
    <span className={styles.pending}>
      {open.length === 0 ? 'Nothing was pending.' : `Pending: ${names.join(', ')}${more}.`}
    </span>
  );
}
