import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { readSignInSearch } from '../../features/sign-in/sign-in-search.ts';
import { rootRoute } from './root.tsx';

const SignInPage = lazyRouteComponent(() => import('../../features/sign-in/sign-in-page.tsx'), 'SignInPage');

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: 'login',
  validateSearch: readSignInSearch,
  component: function SignIn() {
    return <SignInPage search={signInRoute.useSearch()} />;
  },
});

/** Another address of the official UI's. */
export const signinRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: 'signin',
  validateSearch: readSignInSearch,
  beforeLoad: ({ search }) => redirect({ to: '/login', search, replace: true, throw: true }),
});
