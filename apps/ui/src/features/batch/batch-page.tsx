import type { DescribeBatchOperationResponse } from '@perdure/proto/json-types';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Octagon } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { call } from '../../api/client.ts';
import { GrpcCode, hasCode, messageOf } from '../../api/errors.ts';
import { settingsQuery } from '../../api/queries.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { CopyableId } from '../../components/copy.tsx';
import { ActionDialog } from '../../components/dialog.tsx';
import { TextField } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';
import { Facts, GonePage, Page, Panel, Stack, UnreadPage } from '../../components/page.tsx';
import { Elapsed, Timestamp } from '../../components/time.tsx';
import { toast } from '../../components/toast.tsx';
import { useCommands } from '../../lib/commands.ts';
import { formatDuration } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { batchQuery, identity } from './api.ts';
import { isUnderWay, operationWords, progressOf } from './batch-facts.ts';
import { BatchState } from './batch-state.tsx';
import styles from './batch.module.css';

const route = getRouteApi('/namespaces/$namespace/batch-operations/$jobId');

/** One batch: how far it is, how long it will take, what failed. */
export function BatchPage(): ReactNode {
  const { namespace, jobId } = route.useParams();
  const { data: batch, error, refetch } = useQuery(batchQuery(namespace, jobId));
  if (hasCode(error, GrpcCode.notFound)) return <Gone />;
  if (batch === undefined) {
    return (
      <UnreadPage error={error} onRetry={() => void refetch()}>
        Reading the batch
      </UnreadPage>
    );
  }
  const title = operationWords(batch.operationType);
  return (
    <Page
      title={title}
      above={
        <Link to="/namespaces/$namespace/batch-operations" params={{ namespace }}>
          Batch operations
        </Link>
      }
      beside={<BatchState state={batch.state} />}
      actions={isUnderWay(batch.state) && <StopButton />}
    >
      <Stack>
        {error !== null && <Notice tone="failed">{messageOf(error)}</Notice>}
        <Progress batch={batch} />
        <Panel>
          <BatchFacts namespace={namespace} batch={batch} />
        </Panel>
      </Stack>
    </Page>
  );
}

function Gone(): ReactNode {
  const { namespace, jobId } = route.useParams();
  return (
    <GonePage
      title="This batch is gone"
      actions={
        <Link
          to="/namespaces/$namespace/batch-operations"
          params={{ namespace }}
          className={buttonClass({ variant: 'primary' })}
        >
          All batches
        </Link>
      }
    >
      The namespace {namespace} has no batch {jobId}. Its retention may have passed, or the address may be mistyped.
    </GonePage>
  );
}

function Progress({ batch }: { readonly batch: DescribeBatchOperationResponse }): ReactNode {
  const isOpen = isUnderWay(batch.state);
  const nowMs = useNow(isOpen);
  const { total, done, failed, share, leftMs } = progressOf(batch, nowMs);
  const percent = Math.floor(share * 100);
  const words = `${(done + failed).toLocaleString('en')} of ${total.toLocaleString('en')}`;
  return (
    <Panel>
      <div className={styles.progressHead}>
        <strong>{words}</strong>
        <span>{percent} %</span>
        {leftMs !== undefined && leftMs > 0 && (
          <span className={styles.muted}>about {formatDuration(leftMs)} left</span>
        )}
      </div>
      <div
        className={styles.track}
        role="progressbar"
        aria-label="Progress"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={words}
      >
        <div className={styles.done} style={{ width: `${total === 0 ? share * 100 : (done / total) * 100}%` }} />
        <div className={styles.failed} style={{ width: `${total === 0 ? 0 : (failed / total) * 100}%` }} />
      </div>
      <div className={styles.legend}>
        <span>{done.toLocaleString('en')} done</span>
        <span data-tone={failed > 0 ? 'failed' : undefined}>{failed.toLocaleString('en')} failed</span>
        {isOpen && <span>{Math.max(0, total - done - failed).toLocaleString('en')} to do</span>}
      </div>
    </Panel>
  );
}

function BatchFacts({ namespace, batch }: { namespace: string; batch: DescribeBatchOperationResponse }): ReactNode {
  const { query = '', executions = [] } = batch;
  return (
    <Facts
      facts={[
        ['Reason', batch.reason],
        ['Who', batch.identity],
        ['Started', <Timestamp key="started" value={batch.startTime} />],
        [
          isUnderWay(batch.state) ? 'Running for' : 'Took',
          <Elapsed key="took" from={batch.startTime} to={batch.closeTime} />,
        ],
        [
          'Of the workflows that',
          query === '' ? undefined : (
            <Link key="query" to="/namespaces/$namespace/workflows" params={{ namespace }} search={{ query }}>
              <code>{query}</code>
            </Link>
          ),
        ],
        ['Of chosen workflows', executions.length > 0 ? executions.length.toLocaleString('en') : undefined],
        ['Job ID', <CopyableId key="id" id={batch.jobId ?? ''} label="job ID" isWrapped />],
      ]}
    />
  );
}

function StopButton(): ReactNode {
  const { namespace, jobId } = route.useParams();
  const [isOpen, setIsOpen] = useState(false);
  const [reason, setReason] = useState('');
  const { data: settings } = useQuery(settingsQuery);
  const queryClient = useQueryClient();
  const isReadOnly = settings?.isReadOnly === true;
  useCommands(
    isReadOnly ? [] : [{ id: 'batch.stop', title: 'Stop it', group: 'This batch', run: () => setIsOpen(true) }],
  );
  if (isReadOnly) return null;
  return (
    <>
      <Button variant="danger" onClick={() => setIsOpen(true)}>
        <Octagon size={14} />
        Stop
      </Button>
      {isOpen && (
        <ActionDialog
          title="Stop this batch?"
          description="What it has not come to yet is left alone. What is done stays done."
          actionLabel="Stop"
          variant="danger"
          onClose={() => setIsOpen(false)}
          onAction={async () => {
            await call('StopBatchOperation', { namespace, jobId, reason: reason || 'Stopped in the Web UI', identity });
            toast('The batch is stopped');
            await queryClient.invalidateQueries({ queryKey: batchQuery(namespace, jobId).queryKey });
          }}
        >
          <TextField label="Reason" value={reason} onChange={(event) => setReason(event.target.value)} />
        </ActionDialog>
      )}
    </>
  );
}
