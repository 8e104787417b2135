import type { DescribeNamespaceResponse } from '@perdure/proto/json-types';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Pencil, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { GrpcCode, hasCode, messageOf } from '../../api/errors.ts';
import { namespaceQuery, settingsQuery } from '../../api/queries.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { CopyableId } from '../../components/copy.tsx';
import { Notice } from '../../components/notice.tsx';
import { Facts, GonePage, Page, Panel, Stack, Tag, UnreadPage } from '../../components/page.tsx';
import { useCommands } from '../../lib/commands.ts';
import { enumWords } from '../../lib/history/events.ts';
import { formatBytes } from '../../lib/payload.ts';
import { DeleteNamespaceDialog, EditNamespaceDialog } from './namespace-dialogs.tsx';
import { retentionText } from './namespace-form.ts';
import { capabilityWords, stateWords } from './namespace-words.ts';
import styles from './namespaces.module.css';
import { SearchAttributesPanel } from './search-attributes-panel.tsx';

const route = getRouteApi('/namespaces/$namespace/details');

export function NamespacePage(): ReactNode {
  const { namespace } = route.useParams();
  const { data, error, refetch } = useQuery(namespaceQuery(namespace));
  const { data: settings } = useQuery(settingsQuery);
  if (hasCode(error, GrpcCode.notFound)) return <Gone namespace={namespace} />;
  if (data === undefined) {
    return (
      <UnreadPage error={error} onRetry={() => void refetch()}>
        Reading the namespace
      </UnreadPage>
    );
  }
  const isReadOnly = settings?.isReadOnly === true;
  return (
    <Page
      title={namespace}
      above={<Link to="/namespaces">Namespaces</Link>}
      lead={data.namespaceInfo?.description || undefined}
      actions={!isReadOnly && <NamespaceActions namespace={namespace} description={data} />}
    >
      <Stack>
        {error !== null && <Notice tone="failed">{messageOf(error)}</Notice>}
        <Panel>
          <NamespaceFacts description={data} />
        </Panel>
        <div className={styles.columns}>
          <SearchAttributesPanel namespace={namespace} isReadOnly={isReadOnly} />
          <Limits description={data} />
        </div>
      </Stack>
    </Page>
  );
}

function Gone({ namespace }: { readonly namespace: string }): ReactNode {
  return (
    <GonePage
      title="There is no such namespace"
      actions={
        <Link to="/namespaces" className={buttonClass({ variant: 'primary' })}>
          All namespaces
        </Link>
      }
    >
      {namespace} was never made, or it was deleted.
    </GonePage>
  );
}

interface DescriptionProps {
  readonly description: DescribeNamespaceResponse;
}

function NamespaceActions({ namespace, description }: DescriptionProps & { readonly namespace: string }): ReactNode {
  const [open, setOpen] = useState<'edit' | 'delete'>();
  const group = 'This namespace';
  useCommands([
    { id: 'namespace.edit', title: 'Edit', group, keys: 'e', run: () => setOpen('edit') },
    { id: 'namespace.delete', title: 'Delete', group, run: () => setOpen('delete') },
  ]);
  const close = (): void => setOpen(undefined);
  return (
    <>
      <Button onClick={() => setOpen('edit')}>
        <Pencil size={14} />
        Edit
      </Button>
      <Button onClick={() => setOpen('delete')}>
        <Trash2 size={14} />
        Delete
      </Button>
      {open === 'edit' && <EditNamespaceDialog namespace={namespace} description={description} onClose={close} />}
      {open === 'delete' && <DeleteNamespaceDialog namespace={namespace} onClose={close} />}
    </>
  );
}

function NamespaceFacts({ description }: DescriptionProps): ReactNode {
  const { namespaceInfo = {}, config = {}, replicationConfig, isGlobalNamespace, failoverVersion } = description;
  const archival = (state: string | undefined, uri: string | undefined): string =>
    [enumWords(state, 'ARCHIVAL_STATE_') || 'disabled', uri].filter(Boolean).join(', ');
  return (
    <Facts
      facts={[
        ['State', stateWords(namespaceInfo.state)],
        ['Retention of closed workflows', retentionText(config.workflowExecutionRetentionTtl)],
        ['Owner', namespaceInfo.ownerEmail],
        ['Archive of histories', archival(config.historyArchivalState, config.historyArchivalUri)],
        ['Archive of the list', archival(config.visibilityArchivalState, config.visibilityArchivalUri)],
        ['Cluster', replicationConfig?.activeClusterName],
        ['Global', isGlobalNamespace ? `yes, version ${failoverVersion ?? '0'}` : undefined],
        ...Object.entries(namespaceInfo.data ?? {}),
        ['ID', <CopyableId key="id" id={namespaceInfo.id ?? ''} label="namespace ID" isWrapped />],
      ]}
    />
  );
}

function Limits({ description: { namespaceInfo } }: DescriptionProps): ReactNode {
  const { limits } = namespaceInfo ?? {};
  const size = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : formatBytes(Number(text));
  return (
    <Panel title="Limits and capabilities">
      <Facts
        facts={[
          ['Largest payload', size(limits?.blobSizeLimitError)],
          ['Largest memo', size(limits?.memoSizeLimitError)],
          ['Largest completion of a workflow task', size(limits?.workflowTaskCompletionSizeLimitError)],
        ]}
      />
      <div className={styles.tags}>
        {capabilityWords(namespaceInfo?.capabilities).map((words) => (
          <Tag key={words}>{words}</Tag>
        ))}
      </div>
    </Panel>
  );
}
