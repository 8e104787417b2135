import { QueryClient } from '@tanstack/react-query';
import { serverIsReachable, subscribeToConnection } from '../api/connection.ts';
import { isTransient } from '../api/errors.ts';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2000,
      // What is on the screen stays there while the server is away; the banner says that it may be old.
      retry: (failures, error) => isTransient(error) && failures < 2,
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

subscribeToConnection(() => {
  if (serverIsReachable()) void queryClient.invalidateQueries();
});
