import { CircleUser, LogOut } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Reader } from '../../api/queries.ts';
import { classes } from '../../components/classes.ts';
import { Menu, MenuItem, MenuLabel } from '../../components/menu.tsx';
import { signOutOrSay } from './use-reader.ts';
import styles from './shell.module.css';

/** Who has signed in, and the way out. */
export function ReaderMenu({ name, email }: Reader): ReactNode {
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
