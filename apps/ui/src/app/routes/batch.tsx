import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { namespaceRoute } from './namespace.tsx';

const listRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: 'batch-operations',
  component: lazyRouteComponent(() => import('../../features/batch/batch-list-page.tsx'), 'BatchListPage'),
});

const batchRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: 'batch-operations/$jobId',
  component: lazyRouteComponent(() => import('../../features/batch/batch-page.tsx'), 'BatchPage'),
});

export const batchRoutes = [listRoute, batchRoute] as const;
