import type { WorkflowExecutionInfo } from '@perdure/proto/json-types';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { searchAttributesQuery, settingsQuery } from '../../../api/queries.ts';
import { buttonClass } from '../../../components/button.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { useColumns } from '../../../components/list/columns.tsx';
import { ListTools } from '../../../components/list/list-tools.tsx';
import { ViewBar } from '../../../components/list/view-bar.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Page } from '../../../components/page.tsx';
import { Empty, Failure, Loading } from '../../../components/states.tsx';
import { messageOf } from '../../../api/errors.ts';
import { useCommands } from '../../../lib/commands.ts';
import { useMay } from '../../../lib/use-may.ts';
import { kindsOf } from '../../../lib/query/attributes.ts';
import { readFilters, withFilter, writeFilters } from '../../../lib/query/filters.ts';
import { countQuery, listQuery } from '../api.ts';
import { workflowAttributes } from '../attributes.ts';
import { defaultColumns, knownColumns, workflowColumns } from './columns.tsx';
import { ListFoot, useSizedPages } from './paging.tsx';
import { type ListedRun, treeColumns, useRunTree } from './run-tree.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { StatusCounts } from './status-counts.tsx';
import { systemViews, workflowViews } from './views.tsx';

const route = getRouteApi('/namespaces/$namespace/workflows');

/** The workflows of a namespace: views, query, counts, and the list itself. */
export function WorkflowListPage(): ReactNode {
  const { namespace } = route.useParams();
  const { query = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay();
  const { countsOnce = false } = useQuery(settingsQuery).data ?? {};
  const { data: listed } = useQuery(searchAttributesQuery(namespace));
  const attributes = useMemo(() => workflowAttributes(listed), [listed]);
  const known = useMemo(() => knownColumns(namespace, attributes), [namespace, attributes]);
  const { columns, dialog, openDialog } = useColumns(known, defaultColumns, workflowColumns(namespace));
  const views = useMemo(() => systemViews(namespace), [namespace]);
  const ask = (next: string): void => void navigate({ search: next === '' ? {} : { query: next } });
  useCommands([
    { id: 'list.all', title: 'Clear the query', group: 'Workflows', run: () => ask('') },
    ...(!may('start')
      ? []
      : [
          {
            id: 'list.start',
            title: 'Start a workflow',
            group: 'Workflows',
            keys: 'c',
            run: () => void navigate({ to: '/namespaces/$namespace/workflows/start-workflow', params: { namespace } }),
          },
        ]),
  ]);
  const chooseStatus = (status: string): void => {
    const filters = readFilters(query);
    if (filters === undefined) return ask(`(${query}) AND ExecutionStatus = "${status}"`);
    const others = filters.filter(({ attribute }) => attribute !== 'ExecutionStatus');
    const filter = { attribute: 'ExecutionStatus', operator: '=', values: [status] } as const;
    ask(writeFilters(withFilter(others, filter), kindsOf(attributes)));
  };
  return (
    <Page
      title="Workflows"
      actions={
        may('start') && (
          <Link
            to="/namespaces/$namespace/workflows/start-workflow"
            params={{ namespace }}
            className={buttonClass({ variant: 'primary' })}
          >
            <Play size={14} />
            Start a workflow
          </Link>
        )
      }
    >
      <ViewBar
        namespace={namespace}
        views={views}
        store={workflowViews}
        things="workflows"
        query={query}
        onChoose={ask}
      />
      <ListTools
        group="Workflows"
        query={query}
        attributes={attributes}
        idAttribute="WorkflowId"
        example={'Beginning of an ID, or WorkflowType = "order" AND StartTime > now - 2d'}
        onChange={ask}
        onOpenColumns={openDialog}
      />
      <StatusCounts namespace={namespace} query={query} isLive={!countsOnce} onChoose={chooseStatus} />
      <WorkflowTable key={`${namespace}\n${query}`} columns={columns} />
      {dialog}
    </Page>
  );
}

const rowKey = ({ key }: ListedRun): string => key;
const noRuns: readonly WorkflowExecutionInfo[] = [];

function WorkflowTable({ columns }: { readonly columns: readonly Column<WorkflowExecutionInfo>[] }): ReactNode {
  const { namespace } = route.useParams();
  const { query = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay();
  const pages = useSizedPages();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isAll, setIsAll] = useState(false);
  const isLive = selected.size === 0;
  const { data, error, refetch, isPlaceholderData } = useQuery(
    listQuery({ namespace, query, pageSize: pages.size, token: pages.token }, isLive),
  );
  const { countsOnce = false } = useQuery(settingsQuery).data ?? {};
  const { data: counts } = useQuery(countQuery(namespace, query, isLive && !countsOnce));
  const executions = data?.executions ?? noRuns;
  const { rows, toggle } = useRunTree(namespace, executions);
  const tree = useMemo(() => treeColumns(namespace, columns, toggle), [namespace, columns, toggle]);
  if (data === undefined)
    return error === null ? (
      <Loading>Reading the list</Loading>
    ) : (
      <Failure error={error} onRetry={() => void refetch()} />
    );
  const total = counts?.total ?? executions.length;
  const clear = (): void => {
    setSelected(new Set());
    setIsAll(false);
  };
  const chosen = new Map(
    rows
      .filter((row) => selected.has(row.key))
      .map(({ info: { execution = {} } }) => [execution.runId, execution] as const),
  );
  return (
    <>
      {error !== null && <Notice tone="failed">{messageOf(error)}</Notice>}
      <DataTable
        label="Workflows"
        columns={tree}
        rows={rows}
        rowKey={rowKey}
        selection={may('batch') ? { keys: selected, onChange: setSelected } : undefined}
        onToggle={toggle}
        onOpen={({ info: { execution } }) =>
          void navigate({
            to: '/namespaces/$namespace/workflows/$workflowId/$runId/{-$tab}',
            params: { namespace, workflowId: execution?.workflowId ?? '', runId: execution?.runId ?? '' },
          })
        }
        empty={<NoWorkflows query={query} />}
        footer={
          <ListFoot
            pages={pages}
            next={data.nextPageToken ?? ''}
            count={executions.length}
            total={total}
            rows={executions}
            isBusy={isPlaceholderData}
          />
        }
      />
      {selected.size > 0 && (
        <SelectionBar
          namespace={namespace}
          target={isAll ? { kind: 'query', query, count: total } : { kind: 'runs', executions: [...chosen.values()] }}
          total={total}
          isAll={isAll}
          onChooseAll={() => setIsAll(true)}
          onClear={clear}
        />
      )}
    </>
  );
}

function NoWorkflows({ query }: { readonly query: string }): ReactNode {
  return query === '' ? (
    <Empty title="No workflows yet">
      Start one with any Temporal SDK, the command line, or here. It shows at once.
    </Empty>
  ) : (
    <Empty title="Nothing matches">No workflow of this namespace is what the query asks for.</Empty>
  );
}
