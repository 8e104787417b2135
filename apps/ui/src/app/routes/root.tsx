import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, Outlet, redirect, useMatchRoute } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { settingsQuery } from '../../api/queries.ts';
import { preferences } from '../../lib/preferences.ts';
import { Shell } from '../shell/shell.tsx';

export const rootRoute = createRootRouteWithContext<{ readonly queryClient: QueryClient }>()({ component: Root });

/** The page to sign in at has no frame: its reader may go nowhere else. */
function Root(): ReactNode {
  const isSignIn = useMatchRoute()({ to: '/login' }) !== false;
  return isSignIn ? <Outlet /> : <Shell />;
}

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
