import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { dotParams } from './dot-params.ts';
import { namespaceRoute } from './namespace.tsx';

const listRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: 'batch-operations',
  component: lazyRouteComponent(() => import('../../features/batch/batch-list-page.tsx'), 'BatchListPage'),
});

const batchRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: 'batch-operations/$jobId',
  params: dotParams<Record<'jobId', string>>('jobId'),
  component: lazyRouteComponent(() => import('../../features/batch/batch-page.tsx'), 'BatchPage'),
});

export const batchRoutes = [listRoute, batchRoute] as const;
