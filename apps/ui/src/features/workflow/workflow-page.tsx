import { Link, useParams, useSearch } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useMemo, useState } from 'react';
import { GrpcCode, hasCode, isTransient } from '../../api/errors.ts';
import { buttonClass } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { GonePage, UnreadPage, useDocumentTitle } from '../../components/page.tsx';
import { Loading } from '../../components/states.tsx';
import { statusName } from '../../components/workflow-status.tsx';
import { useCommands } from '../../lib/commands.ts';
import { quoted } from '../../lib/query/query-text.ts';
import { asksModels } from './ai/ai-calls.ts';
import { useWorkflow, type WorkflowView } from './use-workflow.ts';
import { WorkflowHeader } from './workflow-header.tsx';
import styles from './workflow-page.module.css';
import { tabOf, type TabName, tabs, useGoToTab } from './tabs.ts';
import { TimelineTab } from './tabs/timeline-tab.tsx';

const HistoryTab = lazy(async () => ({ default: (await import('./tabs/history-tab.tsx')).HistoryTab }));
const PendingTab = lazy(async () => ({ default: (await import('./tabs/pending-tab.tsx')).PendingTab }));
const RelationshipsTab = lazy(async () => ({
  default: (await import('./tabs/relationships-tab.tsx')).RelationshipsTab,
}));
const QueryTab = lazy(async () => ({ default: (await import('./tabs/query-tab.tsx')).QueryTab }));
const StackTab = lazy(async () => ({ default: (await import('./tabs/stack-tab.tsx')).StackTab }));
const WorkersTab = lazy(async () => ({ default: (await import('./tabs/workers-tab.tsx')).WorkersTab }));
const AiTab = lazy(async () => ({ default: (await import('./tabs/ai-tab.tsx')).AiTab }));
const MetadataTab = lazy(async () => ({ default: (await import('./tabs/metadata-tab.tsx')).MetadataTab }));

const path = '/namespaces/$namespace/workflows/$workflowId/$runId/{-$tab}';

/** One run: what is the matter with it, and everything that is known of it. */
export function WorkflowPage(): ReactNode {
  const { namespace, workflowId, runId, tab } = useParams({ from: path });
  const { refresh_off: isHeld = false } = useSearch({ from: path });
  const { view: latest, error, refetch } = useWorkflow({ namespace, workflowId, runId });
  const view = useHeld(latest, isHeld);
  useDocumentTitle(
    view === undefined ? workflowId : `${statusName(view.description.workflowExecutionInfo?.status)} ${workflowId}`,
  );
  if (view === undefined) {
    if (hasCode(error, GrpcCode.notFound)) return <Gone />;
    return (
      <UnreadPage error={error} onRetry={refetch}>
        Loading the workflow
      </UnreadPage>
    );
  }
  return (
    <div className={styles.page}>
      <WorkflowHeader view={view} />
      {view.history.error !== undefined && !isTransient(view.history.error) && (
        <Notice tone="failed">The history could not be read: {String((view.history.error as Error).message)}</Notice>
      )}
      <Tabs view={view} active={tabOf(tab)} />
      <Suspense fallback={<Loading />}>
        <TabContent view={view} tab={tabOf(tab)} />
      </Suspense>
    </div>
  );
}

/** The latest, or what it was when it was held; another run is never shown in its place. */
function useHeld(latest: WorkflowView | undefined, isHeld: boolean): WorkflowView | undefined {
  const [held, setHeld] = useState<WorkflowView>();
  const isOfRun = held !== undefined && held.run.runId === latest?.run.runId;
  const next = isHeld && isOfRun ? held : isHeld && latest?.history.isComplete !== true ? undefined : latest;
  if (held !== next) setHeld(next);
  return isHeld ? (next ?? latest) : latest;
}

/** A workflow that never was, or is no more. */
export function Gone(): ReactNode {
  const { namespace, workflowId } = useParams({ strict: false });
  return (
    <GonePage
      title="This workflow is gone"
      actions={
        <>
          <Link
            to="/namespaces/$namespace/workflows"
            params={{ namespace: namespace ?? 'default' }}
            search={{ query: `WorkflowId = ${quoted(workflowId ?? '')}` }}
            className={buttonClass({ variant: 'primary' })}
          >
            Other runs of this ID
          </Link>
          <Link
            to="/namespaces/$namespace/workflows"
            params={{ namespace: namespace ?? 'default' }}
            className={buttonClass()}
          >
            All workflows
          </Link>
        </>
      }
    >
      The namespace {namespace} has no such run of {workflowId}. Its retention may have passed, it may have been
      deleted, or the address may be mistyped.
    </GonePage>
  );
}

function Tabs({ view, active }: { readonly view: WorkflowView; readonly active: TabName }): ReactNode {
  const { namespace, workflowId, runId } = view.run;
  const goTo = useGoToTab(view.run);
  const search = useSearch({ from: path });
  const hasAiCalls = useMemo(() => asksModels(view.groups), [view.groups]);
  const shown = tabs.filter(({ name }) => name !== 'ai' || hasAiCalls || active === 'ai');
  useCommands(
    shown.map(({ name, title }, index) => ({
      id: `tab.${name}`,
      title,
      group: 'This workflow',
      keys: String(index + 1),
      run: () => goTo(name),
    })),
  );
  const updateCount = useMemo(
    () => view.groups.filter(({ kind, state }) => kind === 'update' && state === 'open').length,
    [view.groups],
  );
  const pendingCount = (view.description.pendingActivities?.length ?? 0) + (view.isOpen ? updateCount : 0);
  const isFailing = view.description.pendingActivities?.some(({ lastFailure }) => lastFailure !== undefined) ?? false;
  return (
    <nav className={styles.tabs} aria-label="Parts of the workflow">
      {shown.map(({ name, title }) => (
        <Link
          key={name}
          to={path}
          params={{ namespace, workflowId, runId, tab: name === 'timeline' ? undefined : name }}
          search={{
            ...(search.at !== undefined && { at: search.at }),
            ...(search.refresh_off === true && { refresh_off: true }),
          }}
          className={styles.tab}
          activeOptions={{ exact: true, includeSearch: false }}
          aria-current={name === active ? 'page' : undefined}
          preload={false}
        >
          {title}
          {name === 'pending-activities' && pendingCount > 0 && (
            <span className={styles.badge} data-tone={isFailing ? 'failed' : undefined}>
              {pendingCount}
            </span>
          )}
        </Link>
      ))}
    </nav>
  );
}

function TabContent({ view, tab }: { readonly view: WorkflowView; readonly tab: TabName }): ReactNode {
  switch (tab) {
    case 'timeline':
      return <TimelineTab view={view} />;
    case 'history':
      return <HistoryTab view={view} />;
    case 'pending-activities':
      return <PendingTab view={view} />;
    case 'relationships':
      return <RelationshipsTab view={view} />;
    case 'query':
      return <QueryTab view={view} />;
    case 'call-stack':
      return <StackTab view={view} />;
    case 'workers':
      return <WorkersTab view={view} />;
    case 'metadata':
      return <MetadataTab view={view} />;
    case 'ai':
      return <AiTab view={view} />;
  }
}
