import type { ScheduleListEntry } from '@perdure/proto/json-types';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { CalendarPlus } from 'lucide-react';
import { type ReactNode, useMemo, useRef } from 'react';
import { messageOf } from '../../../api/errors.ts';
import { settingsQuery } from '../../../api/queries.ts';
import { Button, buttonClass } from '../../../components/button.tsx';
import { DataTable } from '../../../components/data-table.tsx';
import { Input } from '../../../components/field.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Page } from '../../../components/page.tsx';
import { pagerIfNeeded, usePages } from '../../../components/pager.tsx';
import { Segmented } from '../../../components/segmented.tsx';
import { Empty, Failure, Loading } from '../../../components/states.tsx';
import { useCommands } from '../../../lib/commands.ts';
import { counted } from '../../../lib/words.ts';
import { scheduleCountQuery, schedulesQuery } from '../api.ts';
import styles from '../schedules.module.css';
import { scheduleColumns } from './columns.tsx';
import { listQueryOf, type ScheduleView } from './list-query.ts';

const route = getRouteApi('/namespaces/$namespace/schedules');

/** The schedules of a namespace: which go on, what they start, and when next. */
export function ScheduleListPage(): ReactNode {
  const { namespace } = route.useParams();
  const { find = '', view = 'all' } = route.useSearch();
  const navigate = route.useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const { data: settings } = useQuery(settingsQuery);
  const query = listQueryOf(view, find);
  const { data: total } = useQuery(scheduleCountQuery(namespace, query));
  const ask = (next: { find?: string; view?: ScheduleView }): void => {
    const wanted = { find, view, ...next };
    void navigate({
      search: { ...(wanted.find !== '' && { find: wanted.find }), ...(wanted.view !== 'all' && { view: wanted.view }) },
    });
  };
  const create = (): void => void navigate({ to: '/namespaces/$namespace/schedules/create', params: { namespace } });
  useCommands([
    {
      id: 'schedules.find',
      title: 'Find a schedule',
      group: 'Schedules',
      keys: '/',
      run: () => input.current?.focus(),
    },
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
      <div className={styles.tools}>
        <Segmented
          label="Which"
          value={view}
          options={[
            ['all', 'All'],
            ['active', 'Active'],
            ['paused', 'Paused'],
          ]}
          onChange={(next) => ask({ view: next })}
        />
        <form
          key={find}
          className={styles.search}
          role="search"
          onSubmit={(event) => {
            event.preventDefault();
            ask({ find: input.current?.value.trim() ?? '' });
          }}
        >
          <Input
            ref={input}
            type="search"
            aria-label="Find by the beginning of the ID, or by a query"
            placeholder="Beginning of the ID, or a query"
            defaultValue={find}
          />
          <Button type="submit">Find</Button>
        </form>
        <span className={styles.count} role="status">
          {total !== undefined && counted(total, 'schedule')}
        </span>
      </div>
      <ScheduleTable key={`${namespace}\n${query}`} query={query} />
    </Page>
  );
}

const rowKey = ({ scheduleId }: ScheduleListEntry): string => scheduleId ?? '';

function ScheduleTable({ query }: { readonly query: string }): ReactNode {
  const { namespace } = route.useParams();
  const navigate = route.useNavigate();
  const pages = usePages();
  const { data, error, refetch } = useQuery(schedulesQuery({ namespace, query, token: pages.token }));
  const columns = useMemo(() => scheduleColumns(namespace), [namespace]);
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
