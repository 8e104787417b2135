import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { eventIdOf, eventTimeMs } from '../../../lib/history/events.ts';
import { type EventGroup, groupEvents } from '../../../lib/history/groups.ts';
import type { WorkflowView } from '../use-workflow.ts';

const path = '/namespaces/$namespace/workflows/$workflowId/$runId/{-$tab}';

export interface Replay {
  /** The event up to which history is shown; undefined for the present. */
  readonly at: number | undefined;
  readonly atMs: number | undefined;
  /** The groups as they stood then. */
  readonly groups: readonly EventGroup[];
  readonly goTo: (eventId: number | undefined) => void;
}

/** The workflow as it stood at an event: history alone says it, so any event will do. */
export function useReplay(view: WorkflowView): Replay {
  const { at } = useSearch({ from: path });
  const navigate = useNavigate({ from: path });
  const { events } = view.history;
  const past = useMemo(
    () => (at === undefined ? undefined : events.filter((event) => eventIdOf(event) <= at)),
    [events, at],
  );
  const groups = useMemo(() => (past === undefined ? view.groups : groupEvents(past)), [past, view.groups]);
  const last = past?.at(-1);
  return {
    at,
    atMs: last && eventTimeMs(last),
    groups,
    goTo: (eventId) =>
      void navigate({ search: (search) => ({ ...search, at: eventId }), replace: true, resetScroll: false }),
  };
}
