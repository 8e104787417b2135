import { createRoute, Outlet, redirect } from '@tanstack/react-router';
import { CodecContext } from '../../lib/codec.ts';
import { preferences, setPreference } from '../../lib/preferences.ts';
import { rootRoute } from './root.tsx';

/** What is below a namespace. Its features' routes are its children. */
export const namespaceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/namespaces/$namespace',
  beforeLoad: ({ params, location }) => {
    if (preferences.get().namespace !== params.namespace) setPreference('namespace', params.namespace);
    if (/^\/namespaces\/[^/]+\/?$/.test(location.pathname)) {
      redirect({ to: '/namespaces/$namespace/workflows', params, replace: true, throw: true });
    }
  },
  component: function Namespace() {
    const { namespace } = namespaceRoute.useParams();
    return (
      <CodecContext value={namespace}>
        <Outlet />
      </CodecContext>
    );
  },
});
