import type { WorkflowExecutionInfo } from '@perdure/proto/json-types';
import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import type { Column } from '../../../components/data-table.tsx';
import { childrenQuery, childrenQueryText } from '../../../lib/family.ts';
import styles from './list-page.module.css';

/** A run of the list, or one that a run above it started. */
export interface ListedRun {
  /** Of its row: a run that is in the list and below its parent has two. */
  readonly key: string;
  readonly info: WorkflowExecutionInfo;
  readonly depth: number;
  readonly children: 'closed' | 'reading' | 'none' | 'shown' | 'too many';
}

interface RunTree {
  readonly rows: readonly ListedRun[];
  /** Shows what a run started, or hides it. */
  readonly toggle: (row: ListedRun) => void;
}

const childrenAgainMs = 8000;
const keyOf = ({ execution }: WorkflowExecutionInfo): string => execution?.runId ?? '';

/** Rows whose runs show, when they are opened, the runs that they started. */
export function useRunTree(namespace: string, executions: readonly WorkflowExecutionInfo[]): RunTree {
  const [opened, setOpened] = useState<ReadonlyMap<string, WorkflowExecutionInfo>>(new Map());
  const children = useQueries({
    queries: [...opened.values()].map(({ execution = {} }) => ({
      ...childrenQuery(namespace, execution),
      refetchInterval: childrenAgainMs,
    })),
    combine: (results) => results.map(({ data }) => data),
  });
  const toggle = useCallback(({ key, info }: ListedRun): void => {
    setOpened((before) => {
      const next = new Map(before);
      if (!next.delete(key)) next.set(key, info);
      return next;
    });
  }, []);
  const rows = useMemo(() => {
    const keys = [...opened.keys()];
    const within = (info: WorkflowExecutionInfo, key: string, depth: number): readonly ListedRun[] => {
      if (!opened.has(key)) return [closedRow(info, key, depth)];
      const reply = children[keys.indexOf(key)];
      const found = reply?.executions ?? [];
      const state = found.length > 0 ? 'shown' : reply === undefined ? 'reading' : 'none';
      const row: ListedRun = { key, info, depth, children: (reply?.nextPageToken ?? '') === '' ? state : 'too many' };
      return [row, ...found.flatMap((child) => within(child, `${key} ${keyOf(child)}`, depth + 1))];
    };
    return executions.flatMap((info) => within(info, keyOf(info), 0));
  }, [executions, opened, children]);
  return { rows, toggle };
}

const closedRows = new WeakMap<WorkflowExecutionInfo, ListedRun>();

/** The same row for the same run, so that a list that is read again draws only what has changed. */
function closedRow(info: WorkflowExecutionInfo, key: string, depth: number): ListedRun {
  const known = closedRows.get(info);
  if (known?.key === key) return known;
  const row: ListedRun = { key, info, depth, children: 'closed' };
  closedRows.set(info, row);
  return row;
}

/** Columns of runs for rows of a tree: the one of ids opens them. */
export function treeColumns(
  namespace: string,
  columns: readonly Column<WorkflowExecutionInfo>[],
  toggle: RunTree['toggle'],
): readonly Column<ListedRun>[] {
  return columns.map((column) => ({
    ...column,
    cell: (row) =>
      column.id === 'WorkflowId' ? (
        <span className={styles.branch} style={{ paddingLeft: row.depth * 20 }}>
          <TreeToggle row={row} onToggle={toggle} />
          <span className={styles.branchName}>{column.cell(row.info)}</span>
          <TreeNote namespace={namespace} row={row} />
        </span>
      ) : (
        column.cell(row.info)
      ),
  }));
}

function TreeToggle({ row, onToggle }: { readonly row: ListedRun; readonly onToggle: RunTree['toggle'] }): ReactNode {
  const isOpen = row.children !== 'closed';
  return (
    <button
      type="button"
      className={styles.treeToggle}
      aria-expanded={isOpen}
      aria-label={`Children of ${row.info.execution?.workflowId ?? ''}`}
      title={isOpen ? 'Hide its child workflows' : 'Show its child workflows'}
      onClick={() => onToggle(row)}
    >
      <ChevronRight size={14} style={isOpen ? { rotate: '90deg' } : undefined} aria-hidden="true" />
    </button>
  );
}

function TreeNote({ namespace, row }: { readonly namespace: string; readonly row: ListedRun }): ReactNode {
  switch (row.children) {
    case 'none':
      return <span className={styles.treeNote}>no children</span>;
    case 'reading':
      return <span className={styles.treeNote}>reading…</span>;
    case 'too many':
      return (
        <Link
          to="/namespaces/$namespace/workflows"
          params={{ namespace }}
          search={{ query: childrenQueryText(row.info.execution ?? {}) }}
          className={styles.treeNote}
        >
          all of them
        </Link>
      );
    default:
      return null;
  }
}
