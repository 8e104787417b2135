import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { Tooltip } from 'radix-ui';
import { type ReactNode, useEffect } from 'react';
import { listenForKeys } from '../lib/commands.ts';
import { queryClient } from './query-client.ts';
import { router } from './router.tsx';

export function App(): ReactNode {
  useEffect(() => listenForKeys(), []);
  return (
    <QueryClientProvider client={queryClient}>
      <Tooltip.Provider delayDuration={400} skipDelayDuration={200}>
        <RouterProvider router={router} />
      </Tooltip.Provider>
    </QueryClientProvider>
  );
}
