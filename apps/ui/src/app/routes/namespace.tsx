import { createRoute, Outlet, redirect } from '@tanstack/react-router';
import { CodecContext } from '../../lib/codec.ts';
import { useQuery } from '@tanstack/react-query';
import { settingsQuery } from '../../api/queries.ts';
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
    const { data: settings } = useQuery(settingsQuery);
    return (
      <CodecContext value={{ namespace, serverEndpoint: settings?.codecEndpoint ?? '' }}>
        <Outlet />
      </CodecContext>
    );
  },
});
