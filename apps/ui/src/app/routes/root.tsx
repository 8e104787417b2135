import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, redirect } from '@tanstack/react-router';
import { settingsQuery } from '../../api/queries.ts';
import { preferences } from '../../lib/preferences.ts';
import { Shell } from '../shell/shell.tsx';

export const rootRoute = createRootRouteWithContext<{ readonly queryClient: QueryClient }>()({ component: Shell });

/** `/`: the workflows of the namespace that was looked at last. */
export const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: async ({ context }) => {
    const chosen = preferences.get().namespace;
    const namespace = chosen ?? (await defaultNamespace(context.queryClient));
    redirect({ to: '/namespaces/$namespace/workflows', params: { namespace }, replace: true, throw: true });
  },
});

async function defaultNamespace(queryClient: QueryClient): Promise<string> {
  try {
    return (await queryClient.query({ ...settingsQuery, staleTime: 'static' })).defaultNamespace;
  } catch {
    return 'default';
  }
}
