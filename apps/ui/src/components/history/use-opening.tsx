import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import type { ChildRun } from '../../lib/history/children.ts';
import type { EventGroup } from '../../lib/history/groups.ts';
import { useHistory } from '../../lib/history/use-history.ts';
import type { Opening } from './timeline.tsx';

/** What is open in a timeline. `readers` have to be rendered: they read the histories of the runs that are open. */
export function useOpening(): { readonly opening: Opening; readonly readers: ReactNode } {
  const [opened, setOpened] = useState<ReadonlyMap<string, ChildRun | undefined>>(new Map());
  const [childGroups, setChildGroups] = useState<ReadonlyMap<string, readonly EventGroup[]>>(new Map());
  const toggle = useCallback((key: string, run?: ChildRun): void => {
    setOpened((before) => {
      const next = new Map(before);
      if (!next.delete(key)) next.set(key, run);
      return next;
    });
  }, []);
  const read = useCallback((runId: string, groups: readonly EventGroup[]): void => {
    setChildGroups((before) => new Map(before).set(runId, groups));
  }, []);
  const keys = useMemo(() => new Set(opened.keys()), [opened]);
  const runs = [...opened.values()].filter((run) => run !== undefined);
  return {
    opening: { opened: keys, toggle, childGroups },
    readers: runs.map((run) => <ChildReader key={run.runId} run={run} onRead={read} />),
  };
}

interface ChildReaderProps {
  readonly run: ChildRun;
  readonly onRead: (runId: string, groups: readonly EventGroup[]) => void;
}

/** Follows the history of a run while it is open. */
function ChildReader({ run: { namespace, workflowId, runId }, onRead }: ChildReaderProps): ReactNode {
  const { groups } = useHistory(namespace, workflowId, runId);
  useEffect(() => onRead(runId, groups), [onRead, runId, groups]);
  return null;
}
