import type { DescribeNamespaceResponse } from '@perdure/proto/json-types';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { messageOf } from '../../api/errors.ts';
import { namespacesQuery, settingsQuery } from '../../api/queries.ts';
import { Button } from '../../components/button.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Input } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';
import { Page } from '../../components/page.tsx';
import { Empty, Failure, Loading } from '../../components/states.tsx';
import { useCommands } from '../../lib/commands.ts';
import { CreateNamespaceDialog } from './namespace-dialogs.tsx';
import { retentionText } from './namespace-form.ts';
import { stateWords } from './namespace-words.ts';
import styles from './namespaces.module.css';

const columns: readonly Column<DescribeNamespaceResponse>[] = [
  {
    id: 'name',
    header: 'Namespace',
    width: 'minmax(160px, 1.4fr)',
    minWidth: 160,
    phone: 'title',
    cell: ({ namespaceInfo }) => (
      <Link to="/namespaces/$namespace/details" params={{ namespace: namespaceInfo?.name ?? '' }} preload={false}>
        {namespaceInfo?.name}
      </Link>
    ),
  },
  { id: 'state', header: 'State', width: '110px', cell: ({ namespaceInfo }) => stateWords(namespaceInfo?.state) },
  {
    id: 'retention',
    header: 'Retention',
    width: '96px',
    cell: ({ config }) => retentionText(config?.workflowExecutionRetentionTtl),
  },
  {
    id: 'description',
    header: 'Description',
    width: 'minmax(160px, 2fr)',
    minWidth: 160,
    phone: 'hidden',
    cell: ({ namespaceInfo }) => <span title={namespaceInfo?.description}>{namespaceInfo?.description}</span>,
  },
  {
    id: 'owner',
    header: 'Owner',
    width: 'minmax(140px, 1fr)',
    minWidth: 140,
    phone: 'hidden',
    cell: ({ namespaceInfo }) => namespaceInfo?.ownerEmail,
  },
  {
    id: 'workflows',
    header: 'Workflows',
    width: '100px',
    isEnd: true,
    cell: ({ namespaceInfo }) => (
      <Link to="/namespaces/$namespace/workflows" params={{ namespace: namespaceInfo?.name ?? '' }} preload={false}>
        Open
      </Link>
    ),
  },
];

export function NamespaceListPage(): ReactNode {
  const { data, error, refetch } = useQuery({ ...namespacesQuery, refetchInterval: 15_000 });
  const { data: settings } = useQuery(settingsQuery);
  const [find, setFind] = useState('');
  const [isCreating, setIsCreating] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  const isReadOnly = settings?.isReadOnly === true;
  const create = (): void => setIsCreating(true);
  useCommands([
    {
      id: 'namespaces.find',
      title: 'Find a namespace',
      group: 'Namespaces',
      keys: '/',
      run: () => input.current?.focus(),
    },
    ...(isReadOnly
      ? []
      : [{ id: 'namespaces.create', title: 'Create a namespace', group: 'Namespaces', keys: 'c', run: create }]),
  ]);
  const rows = (data?.namespaces ?? [])
    .filter(({ namespaceInfo }) => (namespaceInfo?.name ?? '').toLowerCase().includes(find.trim().toLowerCase()))
    .toSorted((a, b) => (a.namespaceInfo?.name ?? '').localeCompare(b.namespaceInfo?.name ?? ''));
  return (
    <Page
      title="Namespaces"
      actions={
        !isReadOnly && (
          <Button variant="primary" onClick={create}>
            <Plus size={14} />
            Create a namespace
          </Button>
        )
      }
    >
      <div className={styles.tools}>
        <Input
          ref={input}
          type="search"
          className={styles.search}
          aria-label="Find by name"
          placeholder="Part of the name"
          value={find}
          onChange={(event) => setFind(event.target.value)}
        />
      </div>
      {data === undefined && error === null && <Loading>Reading the namespaces</Loading>}
      {data === undefined && error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data !== undefined && (
        <>
          {error !== null && <Notice tone="failed">{messageOf(error)}</Notice>}
          <DataTable
            label="Namespaces"
            columns={columns}
            rows={rows}
            rowKey={({ namespaceInfo }) => namespaceInfo?.id ?? namespaceInfo?.name ?? ''}
            onOpen={({ namespaceInfo }) =>
              void navigate({ to: '/namespaces/$namespace/details', params: { namespace: namespaceInfo?.name ?? '' } })
            }
            empty={<Empty title="Nothing matches">No namespace has that in its name.</Empty>}
          />
        </>
      )}
      {isCreating && <CreateNamespaceDialog onClose={() => setIsCreating(false)} />}
    </Page>
  );
}
