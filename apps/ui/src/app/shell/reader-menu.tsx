import { useQuery } from '@tanstack/react-query';
import { CircleUser, LogOut } from 'lucide-react';
import type { ReactNode } from 'react';
import { messageOf } from '../../api/errors.ts';
import { readerQuery, settingsQuery } from '../../api/queries.ts';
import { signOut } from '../../api/session.ts';
import { classes } from '../../components/classes.ts';
import { Menu, MenuItem, MenuLabel } from '../../components/menu.tsx';
import { toast } from '../../components/toast.tsx';
import styles from './shell.module.css';

/** Who has signed in; undefined where nobody does. */
export function useReader(): { readonly name: string; readonly email: string } | undefined {
  const { data: settings } = useQuery(settingsQuery);
  const { data } = useQuery({ ...readerQuery, enabled: settings?.signIn.isEnabled === true });
  return data ?? undefined;
}

export function signOutOrSay(): void {
  signOut().catch((error: unknown) => toast(`You are signed in still: ${messageOf(error)}`, 'failed'));
}

export function ReaderMenu(): ReactNode {
  const reader = useReader();
  if (reader === undefined) return null;
  const { name, email } = reader;
  return (
    <Menu
      align="start"
      trigger={
        <button type="button" className={classes(styles.link, styles.button)} title={`Signed in as ${name}`}>
          <CircleUser size={16} aria-hidden="true" />
          <span className={classes(styles.label, styles.reader)}>{name}</span>
        </button>
      }
    >
      <MenuLabel>{email === '' || email === name ? name : `${name}, ${email}`}</MenuLabel>
      <MenuItem icon={<LogOut size={15} aria-hidden="true" />} onSelect={signOutOrSay}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
