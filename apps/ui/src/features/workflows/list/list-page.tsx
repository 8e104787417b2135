import type { WorkflowExecutionInfo } from '@perdure/proto/json-types';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Columns3, Play } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { searchAttributesQuery, settingsQuery } from '../../../api/queries.ts';
import { buttonClass, IconButton } from '../../../components/button.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Page } from '../../../components/page.tsx';
import { Empty, Failure, Loading } from '../../../components/states.tsx';
import { messageOf } from '../../../api/errors.ts';
import { useCommands } from '../../../lib/commands.ts';
import { useStored } from '../../../lib/preferences.ts';
import { countQuery, listQuery } from '../api.ts';
import { attributesOf } from '../query/attributes.ts';
import { readFilters, withFilter, writeFilters } from '../query/filters.ts';
import { QueryBar } from '../query/query-bar.tsx';
import { ColumnDialog } from './column-dialog.tsx';
import { chosenColumns, knownColumns } from './columns.tsx';
import styles from './list-page.module.css';
import { ListFoot, useSizedPages } from './paging.tsx';
import { type ListedRun, treeColumns, useRunTree } from './run-tree.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { StatusCounts } from './status-counts.tsx';
import { ViewBar } from './view-bar.tsx';

const route = getRouteApi('/namespaces/$namespace/workflows');

/** The workflows of a namespace: views, query, counts, and the list itself. */
export function WorkflowListPage(): ReactNode {
  const { namespace } = route.useParams();
  const { query = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: settings } = useQuery(settingsQuery);
  const { data: listed } = useQuery(searchAttributesQuery(namespace));
  const attributes = useMemo(() => attributesOf(listed), [listed]);
  const { columns, dialog, openColumns } = useColumns(
    namespace,
    attributes.filter(({ isCustom }) => isCustom).map(({ name }) => name),
  );
  const ask = (next: string): void => void navigate({ search: next === '' ? {} : { query: next } });
  useCommands([
    { id: 'list.columns', title: 'Choose columns', group: 'Workflows', run: openColumns },
    { id: 'list.all', title: 'Clear the query', group: 'Workflows', run: () => ask('') },
    ...(settings?.isReadOnly === true
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
    ask(
      writeFilters(
        withFilter(others, filter),
        (name) => attributes.find((each) => each.name === name)?.kind ?? 'Keyword',
      ),
    );
  };
  return (
    <Page
      title="Workflows"
      actions={
        settings?.isReadOnly !== true && (
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
      <ViewBar namespace={namespace} query={query} onChoose={ask} />
      <div className={styles.tools}>
        <QueryBar query={query} attributes={attributes} onChange={ask} />
        <IconButton label="Columns" variant="default" onClick={openColumns}>
          <Columns3 size={15} />
        </IconButton>
      </div>
      <StatusCounts namespace={namespace} query={query} isLive onChoose={chooseStatus} />
      <WorkflowTable key={`${namespace}\n${query}`} columns={columns} />
      {dialog}
    </Page>
  );
}

function useColumns(namespace: string, customNames: readonly string[]) {
  const [isOpen, setIsOpen] = useState(false);
  const store = chosenColumns(namespace);
  const chosen = useStored(store);
  const names = customNames.join('\n');
  const known = useMemo(() => knownColumns(namespace, names === '' ? [] : names.split('\n')), [namespace, names]);
  const columns = useMemo(
    () => chosen.map((id) => known.get(id)).filter((column) => column !== undefined),
    [known, chosen],
  );
  const dialog = isOpen && (
    <ColumnDialog known={known} chosen={chosen} onChange={store.set} onClose={() => setIsOpen(false)} />
  );
  return { columns, dialog, openColumns: () => setIsOpen(true) };
}

const rowKey = ({ key }: ListedRun): string => key;
const noRuns: readonly WorkflowExecutionInfo[] = [];

function WorkflowTable({ columns }: { readonly columns: readonly Column<WorkflowExecutionInfo>[] }): ReactNode {
  const { namespace } = route.useParams();
  const { query = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: settings } = useQuery(settingsQuery);
  const pages = useSizedPages();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isAll, setIsAll] = useState(false);
  const isLive = selected.size === 0;
  const { data, error, refetch, isPlaceholderData } = useQuery(
    listQuery({ namespace, query, pageSize: pages.size, token: pages.token }, isLive),
  );
  const { data: counts } = useQuery(countQuery(namespace, query, isLive));
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
        selection={settings?.isReadOnly === true ? undefined : { keys: selected, onChange: setSelected }}
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
