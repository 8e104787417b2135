import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Pause, Play } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../../components/button.tsx';
import { CopyableId, CopyButton } from '../../components/copy.tsx';
import { RunLink } from '../../components/run-link.tsx';
import { Elapsed, Timestamp } from '../../components/time.tsx';
import { WorkflowStatus } from '../../components/workflow-status.tsx';
import { formatBytes, readPayload } from '../../lib/payload.ts';
import { quoted } from '../../lib/query/query-text.ts';
import { ActionsMenu } from './actions/actions-menu.tsx';
import { SituationList } from './situation-list.tsx';
import type { WorkflowView } from './use-workflow.ts';
import styles from './workflow-page.module.css';

/** Which workflow this is, how it stands, and what can be done with it. */
export function WorkflowHeader({ view }: { readonly view: WorkflowView }): ReactNode {
  const { run, description } = view;
  const info = description.workflowExecutionInfo ?? {};
  const type = info.type?.name ?? '';
  return (
    <header>
      <nav className={styles.crumbs} aria-label="Breadcrumb">
        <Link to="/namespaces/$namespace/workflows" params={{ namespace: run.namespace }}>
          Workflows
        </Link>
        <span aria-hidden="true">/</span>
        <Link
          to="/namespaces/$namespace/workflows"
          params={{ namespace: run.namespace }}
          search={{ query: `WorkflowType = ${quoted(type)}` }}
        >
          {type}
        </Link>
      </nav>
      <div className={styles.head}>
        <div className={styles.title}>
          <h1>
            {run.workflowId}
            <CopyButton text={run.workflowId} label="Copy workflow ID" />
          </h1>
          <WorkflowStatus status={info.status} />
        </div>
        <div className={styles.actions}>
          {view.isOpen && <HoldButton />}
          <ActionsMenu view={view} />
        </div>
      </div>
      <SituationList view={view} />
      <KeyFacts view={view} />
    </header>
  );
}

/** Stops the page from changing under the reader's eyes, and lets it go on. */
function HoldButton(): ReactNode {
  const { refresh_off: isHeld = false } = useSearch({ from: path });
  const navigate = useNavigate({ from: path });
  const toggle = (): void =>
    void navigate({
      search: ({ refresh_off: _, ...search }) => ({ ...search, ...(!isHeld && { refresh_off: true }) }),
      replace: true,
      resetScroll: false,
    });
  return (
    <Button aria-pressed={isHeld} onClick={toggle}>
      {isHeld ? <Play size={14} /> : <Pause size={14} />}
      {isHeld ? 'Follow again' : 'Hold still'}
    </Button>
  );
}

/** Who started it, where that was not a client. */
function originFacts({ run, description }: WorkflowView): readonly (readonly [string, ReactNode])[] {
  const { parentExecution, searchAttributes } = description.workflowExecutionInfo ?? {};
  const scheduled = searchAttributes?.indexedFields?.TemporalScheduledById;
  const read = scheduled && readPayload(scheduled);
  const { namespace } = run;
  const parent = { workflowId: parentExecution?.workflowId ?? '', runId: parentExecution?.runId ?? '' };
  return [
    ...(parent.runId === '' ? [] : [['Parent', <RunLink key="parent" namespace={namespace} {...parent} />] as const]),
    ...(read?.kind === 'json' && typeof read.value === 'string'
      ? [
          [
            'Schedule',
            <Link
              key="schedule"
              to="/namespaces/$namespace/schedules/$scheduleId"
              params={{ namespace, scheduleId: read.value }}
            >
              {read.value}
            </Link>,
          ] as const,
        ]
      : []),
  ];
}

const path = '/namespaces/$namespace/workflows/$workflowId/$runId/{-$tab}';

function KeyFacts({ view }: { readonly view: WorkflowView }): ReactNode {
  const { run, description, history } = view;
  const info = description.workflowExecutionInfo ?? {};
  const extended = description.workflowExtendedInfo;
  const events = Math.max(history.events.length, Number(info.historyLength ?? 0));
  const facts: readonly (readonly [string, ReactNode])[] = [
    ['Started', <Timestamp key="started" value={info.startTime} />],
    [
      info.closeTime === undefined ? 'Running for' : 'Took',
      <Elapsed key="took" from={info.startTime} to={info.closeTime} />,
    ],
    ...(info.closeTime === undefined ? [] : [['Closed', <Timestamp key="closed" value={info.closeTime} />] as const]),
    [
      'Task queue',
      <Link
        key="queue"
        to="/namespaces/$namespace/task-queues/$taskQueue"
        params={{ namespace: run.namespace, taskQueue: info.taskQueue ?? '' }}
      >
        {info.taskQueue}
      </Link>,
    ],
    ...originFacts(view),
    ['Run ID', <CopyableId key="run" id={run.runId} label="run ID" />],
    ['History', `${events.toLocaleString('en')} events, ${formatBytes(Number(info.historySizeBytes ?? 0))}`],
    ...(extended?.cancelRequested ? [['Cancellation', 'requested'] as const] : []),
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name} className={styles.fact}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
