import type { WorkerHeartbeat, WorkerPollerInfo, WorkerSlotsInfo } from '@perdure/proto/json-types';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { GrpcCode, hasCode, messageOf } from '../../../api/errors.ts';
import { buttonClass } from '../../../components/button.tsx';
import { CopyableId } from '../../../components/copy.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Facts, GonePage, Page, Panel, Stack, UnreadPage } from '../../../components/page.tsx';
import { Elapsed, Timestamp } from '../../../components/time.tsx';
import { workerQuery } from '../api.ts';
import { cacheHitShare, versionOf } from '../worker-facts.ts';
import { WorkerState } from '../worker-status.tsx';
import styles from '../workers.module.css';
import { Meter } from './meter.tsx';

const route = getRouteApi('/namespaces/$namespace/workers/$workerKey');

/** One worker: where it runs, how busy it is, what it has done. */
export function WorkerPage(): ReactNode {
  const { namespace, workerKey } = route.useParams();
  const { data: worker, error, refetch } = useQuery(workerQuery(namespace, workerKey));
  if (hasCode(error, GrpcCode.notFound)) return <Gone />;
  if (worker === undefined) {
    return (
      <UnreadPage error={error} onRetry={() => void refetch()}>
        Reading the worker
      </UnreadPage>
    );
  }
  const name = worker.workerIdentity || workerKey;
  return (
    <Page
      title={name}
      above={
        <Link to="/namespaces/$namespace/workers" params={{ namespace }}>
          Workers
        </Link>
      }
      beside={<WorkerState worker={worker} />}
    >
      <Stack>
        {error !== null && <Notice tone="failed">{messageOf(error)}</Notice>}
        <Panel>
          <WorkerFacts namespace={namespace} worker={worker} />
        </Panel>
        <div className={styles.cards}>
          <SlotsPanel
            title="Workflow tasks"
            slots={worker.workflowTaskSlotsInfo}
            pollers={[worker.workflowPollerInfo, worker.workflowStickyPollerInfo]}
          />
          <SlotsPanel
            title="Activity tasks"
            slots={worker.activityTaskSlotsInfo}
            pollers={[worker.activityPollerInfo]}
          />
          <SlotsPanel title="Local activities" slots={worker.localActivitySlotsInfo} pollers={[]} />
          <SlotsPanel title="Nexus tasks" slots={worker.nexusTaskSlotsInfo} pollers={[worker.nexusPollerInfo]} />
          <HostPanel worker={worker} />
          <CachePanel worker={worker} />
        </div>
      </Stack>
    </Page>
  );
}

function Gone(): ReactNode {
  const { namespace, workerKey } = route.useParams();
  return (
    <GonePage
      title="This worker is gone"
      actions={
        <Link
          to="/namespaces/$namespace/workers"
          params={{ namespace }}
          className={buttonClass({ variant: 'primary' })}
        >
          All workers
        </Link>
      }
    >
      Nothing has been heard of {workerKey} for a while. It may have ended, or have been started anew under another key.
    </GonePage>
  );
}

function WorkerFacts({ namespace, worker }: { namespace: string; worker: WorkerHeartbeat }): ReactNode {
  const { taskQueue = '', hostInfo, sdkName, sdkVersion, plugins = [], drivers = [] } = worker;
  return (
    <Facts
      facts={[
        [
          'Task queue',
          <Link key="queue" to="/namespaces/$namespace/task-queues/$taskQueue" params={{ namespace, taskQueue }}>
            {taskQueue}
          </Link>,
        ],
        ['Host', hostInfo?.hostName],
        ['Process', hostInfo?.processId],
        ['SDK', `${sdkName ?? ''} ${sdkVersion ?? ''}`.trim()],
        ['Version', versionOf(worker)],
        ['Running for', worker.startTime && <Elapsed from={worker.startTime} />],
        ['Heard of', worker.heartbeatTime && <Timestamp value={worker.heartbeatTime} style="relative" />],
        ['Plugins', plugins.map(({ name, version }) => `${name ?? ''} ${version ?? ''}`.trim()).join(', ')],
        ['Storage drivers', drivers.map(({ type }) => type).join(', ')],
        ['Key', <CopyableId key="key" id={worker.workerInstanceKey ?? ''} label="key" />],
      ]}
    />
  );
}

interface SlotsPanelProps {
  readonly title: string;
  readonly slots: WorkerSlotsInfo | undefined;
  readonly pollers: readonly (WorkerPollerInfo | undefined)[];
}

/** How busy a worker is with one kind of task. Nothing for a kind that it does not do. */
function SlotsPanel({ title, slots = {}, pollers }: SlotsPanelProps): ReactNode {
  const {
    currentUsedSlots: used = 0,
    currentAvailableSlots: free = 0,
    totalProcessedTasks = 0,
    totalFailedTasks = 0,
  } = slots;
  if (used + free === 0 && totalProcessedTasks === 0) return null;
  const count = pollers.reduce((sum, poller) => sum + (poller?.currentPollers ?? 0), 0);
  const lastPoll = pollers
    .map((poller) => poller?.lastSuccessfulPollTime ?? '')
    .sort()
    .at(-1);
  return (
    <Panel title={title}>
      <Meter label="Slots in use" value={used} max={used + free} />
      <Facts
        facts={[
          ['Done', totalProcessedTasks.toLocaleString('en')],
          ['Failed', totalFailedTasks.toLocaleString('en')],
          ['In the last minute', (slots.lastIntervalProcessedTasks ?? 0).toLocaleString('en')],
          ['Slots', slots.slotSupplierKind],
          ['Pollers', pollers.length > 0 ? count : undefined],
          ['Last task', lastPoll ? <Timestamp value={lastPoll} style="relative" /> : undefined],
        ]}
      />
    </Panel>
  );
}

function HostPanel({ worker: { hostInfo } }: { readonly worker: WorkerHeartbeat }): ReactNode {
  if (hostInfo?.currentHostCpuUsage === undefined && hostInfo?.currentHostMemUsage === undefined) return null;
  return (
    <Panel title="Its machine">
      <Meter label="Processor" value={hostInfo.currentHostCpuUsage ?? 0} max={1} isShare />
      <Meter label="Memory" value={hostInfo.currentHostMemUsage ?? 0} max={1} isShare />
    </Panel>
  );
}

function CachePanel({ worker }: { readonly worker: WorkerHeartbeat }): ReactNode {
  const share = cacheHitShare(worker);
  if (share === undefined && worker.currentStickyCacheSize === undefined) return null;
  return (
    <Panel title="Workflow cache">
      {share !== undefined && <Meter label="Found in the cache" value={share} max={1} isShare isGoodWhenFull />}
      <Facts
        facts={[
          ['Workflows in it', (worker.currentStickyCacheSize ?? 0).toLocaleString('en')],
          ['Found', (worker.totalStickyCacheHit ?? 0).toLocaleString('en')],
          ['Replayed', (worker.totalStickyCacheMiss ?? 0).toLocaleString('en')],
        ]}
      />
    </Panel>
  );
}
