import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { namespaceRoute } from './namespace.tsx';

export const inboxRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: 'inbox',
  component: lazyRouteComponent(() => import('../../features/inbox/inbox-page.tsx'), 'InboxPage'),
});
