import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { readCompareSearch } from '../../features/workflow/compare/compare-search.ts';
import { readPageSearch } from '../../features/workflow/page-search.ts';
import { readStartSearch } from '../../features/workflow/start/start-search.ts';
import { describeQuery } from '../../features/workflow/api.ts';
import { prefetchList } from '../../features/workflows/prefetch.ts';
import { readListSearch } from '../../features/workflows/list-search.ts';
import { dotParams } from './dot-params.ts';
import { namespaceRoute } from './namespace.tsx';
import { rootRoute } from './root.tsx';

const listRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: 'workflows',
  validateSearch: readListSearch,
  loaderDeps: ({ search: { query } }) => ({ query }),
  loader: ({ context, params, deps }) => prefetchList(context.queryClient, params.namespace, deps.query),
  component: lazyRouteComponent(() => import('../../features/workflows/list/list-page.tsx'), 'WorkflowListPage'),
});

const startRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: 'workflows/start-workflow',
  validateSearch: readStartSearch,
  component: lazyRouteComponent(() => import('../../features/workflow/start/start-page.tsx'), 'StartPage'),
});

const latestRunRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: 'workflows/$workflowId',
  params: dotParams<Record<'workflowId', string>>('workflowId'),
  component: lazyRouteComponent(() => import('../../features/workflow/latest-run-page.tsx'), 'LatestRunPage'),
});

const workflowRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: 'workflows/$workflowId/$runId/{-$tab}',
  params: dotParams<Record<'workflowId' | 'runId', string> & { tab?: string | undefined }>('workflowId'),
  validateSearch: readPageSearch,
  loader: ({ context, params: { namespace, workflowId, runId } }) => {
    // The page asks again, and says what is wrong.
    context.queryClient.query(describeQuery({ namespace, workflowId, runId })).catch(() => undefined);
  },
  component: lazyRouteComponent(() => import('../../features/workflow/workflow-page.tsx'), 'WorkflowPage'),
});

/** The official UI's link to one event. */
const eventRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: 'workflows/$workflowId/$runId/history/events/$eventId',
  params: dotParams<Record<'workflowId' | 'runId' | 'eventId', string>>('workflowId'),
  beforeLoad: ({ params: { eventId, ...params } }) =>
    redirect({
      to: '/namespaces/$namespace/workflows/$workflowId/$runId/{-$tab}',
      params: { ...params, tab: 'history' },
      search: { event: Number(eventId) },
      replace: true,
      throw: true,
    }),
});

const compareRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: 'compare',
  validateSearch: readCompareSearch,
  component: lazyRouteComponent(() => import('../../features/workflow/compare/compare-page.tsx'), 'ComparePage'),
});

export const importRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: 'import/events',
  component: lazyRouteComponent(() => import('../../features/workflow/import/import-page.tsx'), 'ImportPage'),
});

export const workflowRoutes = [listRoute, startRoute, latestRunRoute, workflowRoute, eventRoute, compareRoute] as const;
