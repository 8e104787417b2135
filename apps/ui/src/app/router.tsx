import { createRouter } from '@tanstack/react-router';
import { mountPath } from '../api/mount-path.ts';
import { Loading } from '../components/states.tsx';
import { queryClient } from './query-client.ts';
import { batchRoutes } from './routes/batch.tsx';
import { commonErrorsRoute } from './routes/common-errors.tsx';
import { inboxRoute } from './routes/inbox.tsx';
import { namespaceRoute } from './routes/namespace.tsx';
import { namespaceListRoute, namespacePageRoute, selectNamespaceRoute } from './routes/namespaces.tsx';
import { homeRoute, rootRoute } from './routes/root.tsx';
import { scheduleRoutes } from './routes/schedules.tsx';
import { settingsRoute } from './routes/settings.tsx';
import { signInRoute, signinRoute } from './routes/sign-in.tsx';
import { workerRoutes } from './routes/workers.tsx';
import { importRoute, workflowRoutes } from './routes/workflows.tsx';
import { RouteFailure, RouteNotFound } from './shell/route-states.tsx';

/** Every page. A feature adds its routes in a file of `routes/`, and its line here. */
const routeTree = rootRoute.addChildren([
  homeRoute,
  importRoute,
  namespaceListRoute,
  selectNamespaceRoute,
  settingsRoute,
  commonErrorsRoute,
  signInRoute,
  signinRoute,
  namespaceRoute.addChildren([
    ...workflowRoutes,
    ...scheduleRoutes,
    ...workerRoutes,
    ...batchRoutes,
    namespacePageRoute,
    inboxRoute,
  ]),
]);

export const router = createRouter({
  routeTree,
  basepath: mountPath,
  context: { queryClient },
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultPendingComponent: Loading,
  defaultErrorComponent: RouteFailure,
  defaultNotFoundComponent: RouteNotFound,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
