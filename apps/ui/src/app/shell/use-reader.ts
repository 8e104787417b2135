import { useQuery } from '@tanstack/react-query';
import { messageOf } from '../../api/errors.ts';
import { type Reader, readerQuery, settingsQuery } from '../../api/queries.ts';
import { signOut } from '../../api/session.ts';
import { toast } from '../../components/toast.tsx';

/** Who has signed in; undefined where nobody does. */
export function useReader(): Reader | undefined {
  const { data: settings } = useQuery(settingsQuery);
  const { data } = useQuery({ ...readerQuery, enabled: settings?.signIn.isEnabled === true });
  return data ?? undefined;
}

export function signOutOrSay(): void {
  signOut().catch((error: unknown) => toast(`You are signed in still: ${messageOf(error)}`, 'failed'));
}
