import type { WorkflowExecution, WorkflowExecutionInfo, WorkflowExecutionStatus } from '@perdure/proto/json-types';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Panel, Stack } from '../../../components/page.tsx';
import { RunLink } from '../../../components/run-link.tsx';
import { Timestamp } from '../../../components/time.tsx';
import { WorkflowStatus } from '../../../components/workflow-status.tsx';
import { familyTree } from '../../../lib/family-tree.ts';
import { childrenQuery, familyQuery } from '../../../lib/family.ts';
import { runsQuery } from '../api.ts';
import type { WorkflowView } from '../use-workflow.ts';
import relationStyles from './relationships.module.css';

interface Relative {
  readonly role: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly type?: string | undefined;
  readonly status?: WorkflowExecutionStatus | undefined;
  readonly startTime?: string | undefined;
  readonly isThis?: boolean;
  /** How far within others, in a tree. */
  readonly depth?: number;
}

/** The family of a run: who started it, whom it started, and the runs before and after it. */
export function RelationshipsTab({ view }: { readonly view: WorkflowView }): ReactNode {
  const { run, description, history } = view;
  const info = description.workflowExecutionInfo ?? {};
  const refetchInterval = view.isOpen ? 10_000 : false;
  const root = info.rootExecution ?? run;
  const { data: family } = useQuery({ ...familyQuery(run.namespace, root), refetchInterval });
  const tree = family && familyTree(family, root);
  // The family may be too large to be shown whole.
  const { data: children } = useQuery({
    ...childrenQuery(run.namespace, run),
    enabled: family !== undefined && tree === undefined,
    refetchInterval,
  });
  const { data: runs } = useQuery(runsQuery(run.namespace, run.workflowId));
  const parents = [toRelative('Root', info.rootExecution, run), toRelative('Parent', info.parentExecution, run)];
  const childRows = mergeChildren(view, (tree === undefined ? children : family)?.executions ?? []);
  const isTree = tree !== undefined && tree.length > 1;
  const started = history.events[0]?.workflowExecutionStartedEventAttributes;
  const schedule = info.searchAttributes?.indexedFields?.TemporalScheduledById;
  return (
    <Stack>
      {isTree && (
        <Relatives
          title={`Family (${tree.length})`}
          run={run}
          relatives={tree.map(({ info: member, depth }) => ({
            ...ofInfo('', member),
            depth,
            isThis: member.execution?.runId === run.runId,
          }))}
          none=""
        />
      )}
      <Relatives
        title="Started by"
        run={run}
        relatives={parents.filter((relative) => relative !== undefined)}
        none={schedule === undefined ? 'A client started it; it has no parent.' : 'A schedule started it.'}
      />
      {(!isTree || childRows.some(({ runId }) => runId === '')) && (
        <Relatives
          title={`Children (${childRows.length})`}
          run={run}
          relatives={childRows}
          none="It has started no child workflows."
        />
      )}
      <Relatives
        title="Runs of this workflow ID"
        run={run}
        relatives={(runs?.executions ?? []).map((execution) =>
          runRelative(
            execution,
            run.runId,
            started?.continuedExecutionRunId,
            history.events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId,
          ),
        )}
        none="Visibility has no runs yet."
      />
    </Stack>
  );
}

function toRelative(
  role: string,
  execution: WorkflowExecution | undefined,
  run: { runId: string },
): Relative | undefined {
  if (execution === undefined || execution.runId === run.runId) return undefined;
  return { role, workflowId: execution.workflowId ?? '', runId: execution.runId ?? '' };
}

function runRelative(
  info: WorkflowExecutionInfo,
  thisRun: string,
  previous: string | undefined,
  next: string | undefined,
): Relative {
  const runId = info.execution?.runId ?? '';
  const roles = new Map([
    [thisRun, 'This run'],
    [previous, 'Previous'],
    [next, 'Next'],
  ]);
  return { ...ofInfo(roles.get(runId) ?? '', info), isThis: runId === thisRun };
}

function ofInfo(role: string, info: WorkflowExecutionInfo): Relative {
  return {
    role,
    workflowId: info.execution?.workflowId ?? '',
    runId: info.execution?.runId ?? '',
    type: info.type?.name,
    status: info.status,
    startTime: info.startTime,
  };
}

/** Children by history, which has all of them, with what visibility knows of each. */
function mergeChildren(view: WorkflowView, listed: readonly WorkflowExecutionInfo[]): readonly Relative[] {
  const byRun = new Map(listed.map((info) => [info.execution?.runId, info]));
  return view.groups.flatMap((group): Relative[] => {
    if (group.kind !== 'child') return [];
    const started = group.events.map((event) => event.childWorkflowExecutionStartedEventAttributes).find(Boolean);
    const runId = started?.workflowExecution?.runId ?? '';
    const info = byRun.get(runId);
    if (info !== undefined) return [ofInfo('', info)];
    const startTime = group.events[0]?.eventTime;
    return [{ role: runId === '' ? 'not started' : '', workflowId: group.subject, runId, type: group.name, startTime }];
  });
}

interface RelativesProps {
  readonly title: string;
  readonly run: { readonly namespace: string };
  readonly relatives: readonly Relative[];
  readonly none: string;
}

function Relatives({ title, run, relatives, none }: RelativesProps): ReactNode {
  return (
    <Panel title={title} isFlush>
      {relatives.length === 0 && <p className={relationStyles.none}>{none}</p>}
      <ul>
        {relatives.map(({ role, workflowId, runId, type, status, startTime, isThis, depth = 0 }) => (
          <li
            key={`${role}${runId}${workflowId}`}
            className={relationStyles.row}
            aria-current={isThis ? 'true' : undefined}
          >
            <span className={relationStyles.status}>
              {status === undefined ? role : <WorkflowStatus status={status} />}
            </span>
            <span className={relationStyles.name} style={{ paddingLeft: depth * 22 }}>
              {runId === '' ? (
                workflowId
              ) : (
                <RunLink namespace={run.namespace} workflowId={workflowId} runId={runId} tab="relationships" />
              )}
              <span className={relationStyles.note}>{[type, runId].filter(Boolean).join(', ')}</span>
            </span>
            <span className={relationStyles.note}>{status !== undefined && role}</span>
            <Timestamp value={startTime} none="" />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
