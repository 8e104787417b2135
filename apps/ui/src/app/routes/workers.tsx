import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { readWorkersSearch } from '../../features/workers/workers-search.ts';
import { dotParams } from './dot-params.ts';
import { namespaceRoute } from './namespace.tsx';

const queueListRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: 'task-queues',
  component: lazyRouteComponent(() => import('../../features/workers/queues/queue-list-page.tsx'), 'QueueListPage'),
});

const queueRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: 'task-queues/$taskQueue',
  params: dotParams<Record<'taskQueue', string>>('taskQueue'),
  component: lazyRouteComponent(() => import('../../features/workers/queues/queue-page.tsx'), 'QueuePage'),
});

const workerListRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: 'workers',
  validateSearch: readWorkersSearch,
  component: lazyRouteComponent(() => import('../../features/workers/list/worker-list-page.tsx'), 'WorkerListPage'),
});

const workerRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: 'workers/$workerKey',
  component: lazyRouteComponent(() => import('../../features/workers/page/worker-page.tsx'), 'WorkerPage'),
});

export const workerRoutes = [queueListRoute, queueRoute, workerListRoute, workerRoute] as const;
