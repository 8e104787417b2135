import type { ScheduleActionResult, ScheduleListEntry } from '@perdure/proto/json-types';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type Column, timeWidth } from '../../../components/data-table.tsx';
import { byId, columnStore, customColumns } from '../../../components/list/columns.tsx';
import { Countdown, Timestamp } from '../../../components/time.tsx';
import { TwoLines } from '../../../components/two-lines.tsx';
import { statusName, WorkflowStatus } from '../../../components/workflow-status.tsx';
import { formatBytes } from '../../../lib/payload.ts';
import { usePreferences } from '../../../lib/preferences.ts';
import type { Attribute } from '../../../lib/query/attributes.ts';
import { formatTime } from '../../../lib/time.ts';
import { ScheduleStatus } from '../schedule-status.tsx';
import styles from '../schedules.module.css';
import { specWords } from '../spec/spec-words.ts';

export const initialColumns: readonly string[] = ['status', 'id', 'spec', 'type', 'next', 'last', 'recent', 'notes'];

export const scheduleColumns = columnStore('scheduleColumns', initialColumns);

/** Every column that the list may show, by its id. */
export function knownColumns(
  namespace: string,
  attributes: readonly Attribute[],
): ReadonlyMap<string, Column<ScheduleListEntry>> {
  return byId([...whatAndWhen(namespace), ...furtherColumns, ...customColumns<ScheduleListEntry>(attributes)]);
}

function whatAndWhen(namespace: string): readonly Column<ScheduleListEntry>[] {
  return [
    {
      id: 'status',
      header: 'Status',
      width: '104px',
      cell: ({ info }) => <ScheduleStatus isPaused={info?.paused ?? false} />,
    },
    {
      id: 'id',
      header: 'Schedule ID',
      width: 'minmax(136px, 1.3fr)',
      minWidth: 136,
      phone: 'title',
      cell: ({ scheduleId = '' }) => (
        <Link
          to="/namespaces/$namespace/schedules/$scheduleId"
          params={{ namespace, scheduleId }}
          title={scheduleId}
          preload={false}
        >
          {scheduleId}
        </Link>
      ),
    },
    {
      id: 'spec',
      header: 'When',
      width: 'minmax(204px, 2.8fr)',
      minWidth: 204,
      cell: ({ info }) => <SpecCell words={specWords(info?.spec ?? {})} zone={info?.spec?.timezoneName} />,
    },
    {
      id: 'type',
      header: 'Starts',
      width: 'minmax(120px, 1fr)',
      minWidth: 120,
      phone: 'hidden',
      cell: ({ info }) => <span title={info?.workflowType?.name}>{info?.workflowType?.name}</span>,
    },
    {
      id: 'next',
      header: 'Next',
      width: '100px',
      minWidth: 100,
      cell: ({ info }) => <NextRun time={info?.futureActionTimes?.[0]} isPaused={info?.paused ?? false} />,
    },
    {
      id: 'last',
      header: 'Last run',
      width: timeWidth,
      phone: 'hidden',
      cell: ({ info }) => <Timestamp value={info?.recentActions?.at(-1)?.actualTime} none="never" />,
    },
    {
      id: 'recent',
      header: 'Recent',
      width: '104px',
      minWidth: 104,
      cell: ({ info }) => <RecentRuns namespace={namespace} runs={info?.recentActions ?? []} />,
    },
    {
      id: 'notes',
      header: 'Note',
      width: 'minmax(100px, 1fr)',
      minWidth: 100,
      phone: 'hidden',
      cell: ({ info }) => (
        <TwoLines className={styles.muted} title={info?.notes}>
          {info?.notes}
        </TwoLines>
      ),
    },
  ];
}

const furtherColumns: readonly Column<ScheduleListEntry>[] = [
  {
    id: 'zone',
    header: 'Time zone',
    width: 'minmax(120px, 1fr)',
    minWidth: 120,
    phone: 'hidden',
    cell: ({ info }) => info?.spec?.timezoneName || <span className={styles.muted}>UTC</span>,
  },
  {
    id: 'nextTimes',
    header: 'Upcoming runs',
    width: 'minmax(180px, 1.4fr)',
    minWidth: 180,
    phone: 'hidden',
    cell: ({ info }) => <Upcoming times={info?.paused === true ? [] : (info?.futureActionTimes ?? [])} />,
  },
  {
    id: 'stateSize',
    header: 'State size',
    width: '100px',
    phone: 'hidden',
    isEnd: true,
    cell: ({ info }) => info?.stateSizeBytes && formatBytes(Number(info.stateSizeBytes)),
  },
];

const upcomingShown = 3;

function Upcoming({ times }: { readonly times: readonly string[] }): ReactNode {
  const preferences = usePreferences();
  const words = times.slice(0, upcomingShown).map((time) => formatTime(Date.parse(time), preferences));
  return <TwoLines title={words.join('\n')}>{words.join(', ')}</TwoLines>;
}

function SpecCell({
  words,
  zone,
}: {
  readonly words: readonly string[];
  readonly zone: string | undefined;
}): ReactNode {
  if (words.length === 0) return <span className={styles.muted}>Only when triggered</span>;
  const text = words.length === 1 ? words[0] : `${words[0]}; ${words.length - 1} more`;
  return <TwoLines title={[...words, ...(zone ? [zone] : [])].join('\n')}>{text}</TwoLines>;
}

function NextRun({ time, isPaused }: { readonly time: string | undefined; readonly isPaused: boolean }): ReactNode {
  if (isPaused) return <span className={styles.muted}>paused</span>;
  return time === undefined ? <span className={styles.muted}>none</span> : <Countdown to={time} />;
}

/** The last few runs, oldest first: their status as glyphs that lead to them. */
function RecentRuns({
  namespace,
  runs,
}: {
  readonly namespace: string;
  readonly runs: readonly ScheduleActionResult[];
}): ReactNode {
  return (
    <span className={styles.glyphs}>
      {runs.slice(-5).map(({ startWorkflowResult, startWorkflowStatus, actualTime }) => {
        const { workflowId = '', runId = '' } = startWorkflowResult ?? {};
        return (
          <Link
            key={`${workflowId}/${runId}`}
            to="/namespaces/$namespace/workflows/$workflowId/$runId/{-$tab}"
            params={{ namespace, workflowId, runId }}
            title={`${statusName(startWorkflowStatus)} ${actualTime ?? ''}`}
            aria-label={`${statusName(startWorkflowStatus)}, ${workflowId}`}
            preload={false}
          >
            <WorkflowStatus status={startWorkflowStatus} isCompact />
          </Link>
        );
      })}
    </span>
  );
}
