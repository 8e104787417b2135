import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { readListSearch } from '../../features/workflows/list-search.ts';
import { namespaceRoute } from './namespace.tsx';

const listRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: 'workflows',
  validateSearch: readListSearch,
  component: lazyRouteComponent(() => import('../../features/workflows/list/list-page.tsx'), 'WorkflowListPage'),
});

export const workflowRoutes = [listRoute] as const;
