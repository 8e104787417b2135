import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { readErrorsSearch } from '../../features/common-errors/errors-search.ts';
import { rootRoute } from './root.tsx';

export const commonErrorsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: 'common-errors',
  validateSearch: readErrorsSearch,
  component: lazyRouteComponent(
    () => import('../../features/common-errors/common-errors-page.tsx'),
    'CommonErrorsPage',
  ),
});
