import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { messageOf } from '../../../api/errors.ts';
import { toast } from '../../../components/toast.tsx';
import { describeQuery, type Run } from '../api.ts';

/** Does something to a run, says so, and reads anew what it changed. Rejects with the refusal, which the caller shows. */
export function useAction(run: Run): (done: ReactNode, act: () => Promise<unknown>) => Promise<void> {
  const describeAgain = useDescribeAgain(run);
  return async (done, act) => {
    await act();
    toast(done);
    await describeAgain();
  };
}

/** For what says by itself that it is done. */
export function useDescribeAgain(run: Run): () => Promise<void> {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: describeQuery(run).queryKey });
}

/** The same for a button without a form: a refusal is said in a toast. */
export function useQuickAction(run: Run): (done: ReactNode, act: () => Promise<unknown>) => void {
  const act = useAction(run);
  return (done, work) => {
    act(done, work).catch((error: unknown) => toast(messageOf(error), 'failed'));
  };
}
