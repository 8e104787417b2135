import type { ScheduleListEntry } from '@perdure/proto/json-types';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { CalendarPlus } from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import { messageOf } from '../../../api/errors.ts';
import { searchAttributesQuery, settingsQuery } from '../../../api/queries.ts';
import { buttonClass } from '../../../components/button.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { useColumns } from '../../../components/list/columns.tsx';
import { ListCount, ListTools } from '../../../components/list/list-tools.tsx';
import { ViewBar } from '../../../components/list/view-bar.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Page } from '../../../components/page.tsx';
import { pagerIfNeeded, usePages } from '../../../components/pager.tsx';
import { Empty, Failure, Loading } from '../../../components/states.tsx';
import { useCommands } from '../../../lib/commands.ts';
import { listedAttributes } from '../../../lib/query/attributes.ts';
import { counted } from '../../../lib/words.ts';
import { scheduleCountQuery, schedulesQuery } from '../api.ts';
import { initialColumns, knownColumns, scheduleColumns } from './columns.tsx';
import { scheduleAttributes, scheduleViews, systemViews } from './views.ts';

const route = getRouteApi('/namespaces/$namespace/schedules');

/** The schedules of a namespace: which go on, what they start, and when next. */
export function ScheduleListPage(): ReactNode {
  const { namespace } = route.useParams();
  const { query = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: settings } = useQuery(settingsQuery);
  const { data: listed } = useQuery(searchAttributesQuery(namespace));
  const { data: total } = useQuery(scheduleCountQuery(namespace, query));
  const attributes = useMemo(() => [...scheduleAttributes, ...listedAttributes(listed, 'custom')], [listed]);
  const known = useMemo(() => knownColumns(namespace, attributes), [namespace, attributes]);
  const { columns, dialog, openDialog } = useColumns(known, initialColumns, scheduleColumns(namespace));
  const ask = (next: string): void => void navigate({ search: next === '' ? {} : { query: next } });
  const create = (): void => void navigate({ to: '/namespaces/$namespace/schedules/create', params: { namespace } });
  useCommands([
    ...(settings?.isReadOnly === true
      ? []
      : [{ id: 'schedules.create', title: 'Create a schedule', group: 'Schedules', keys: 'c', run: create }]),
  ]);
  return (
    <Page
      title="Schedules"
      actions={
        settings?.isReadOnly !== true && (
          <Link
            to="/namespaces/$namespace/schedules/create"
            params={{ namespace }}
            className={buttonClass({ variant: 'primary' })}
          >
            <CalendarPlus size={14} />
            Create a schedule
          </Link>
        )
      }
    >
      <ViewBar
        namespace={namespace}
        views={systemViews}
        store={scheduleViews}
        things="schedules"
        query={query}
        onChoose={ask}
      />
      <ListTools
        group="Schedules"
        query={query}
        attributes={attributes}
        idAttribute="ScheduleId"
        example="Beginning of an ID, or TemporalSchedulePaused = true"
        onChange={ask}
        onOpenColumns={openDialog}
      >
        <ListCount>{total !== undefined && counted(total, 'schedule')}</ListCount>
      </ListTools>
      <ScheduleTable key={`${namespace}\n${query}`} query={query} columns={columns} />
      {dialog}
    </Page>
  );
}

const rowKey = ({ scheduleId }: ScheduleListEntry): string => scheduleId ?? '';

interface ScheduleTableProps {
  readonly query: string;
  readonly columns: readonly Column<ScheduleListEntry>[];
}

function ScheduleTable({ query, columns }: ScheduleTableProps): ReactNode {
  const { namespace } = route.useParams();
  const navigate = route.useNavigate();
  const pages = usePages();
  const { data, error, refetch } = useQuery(schedulesQuery({ namespace, query, token: pages.token }));
  if (data === undefined) {
    if (error === null) return <Loading>Reading the schedules</Loading>;
    return <Failure error={error} onRetry={() => void refetch()} />;
  }
  return (
    <>
      {error !== null && <Notice tone="failed">{messageOf(error)}</Notice>}
      <DataTable
        label="Schedules"
        columns={columns}
        rows={data.schedules ?? []}
        rowKey={rowKey}
        onOpen={({ scheduleId = '' }) =>
          void navigate({ to: '/namespaces/$namespace/schedules/$scheduleId', params: { namespace, scheduleId } })
        }
        empty={<NoSchedules isAll={query === ''} />}
        footer={pagerIfNeeded(pages, data.nextPageToken)}
      />
    </>
  );
}

function NoSchedules({ isAll }: { readonly isAll: boolean }): ReactNode {
  return isAll ? (
    <Empty title="No schedules yet">
      A schedule starts a workflow again and again: at times of the day, at intervals, or by cron.
    </Empty>
  ) : (
    <Empty title="Nothing matches">No schedule of this namespace is what was asked for.</Empty>
  );
}
