import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { namespaceRoute } from './namespace.tsx';
import { rootRoute } from './root.tsx';

export const namespaceListRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: 'namespaces',
  component: lazyRouteComponent(() => import('../../features/namespaces/namespace-list-page.tsx'), 'NamespaceListPage'),
});

/** The official UI's page to choose a namespace. */
export const selectNamespaceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: 'select-namespace',
  beforeLoad: () => redirect({ to: '/namespaces', replace: true, throw: true }),
});

export const namespacePageRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: 'details',
  component: lazyRouteComponent(() => import('../../features/namespaces/namespace-page.tsx'), 'NamespacePage'),
});
