import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { Menu as MenuIcon, Search } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { IconButton } from '../../components/button.tsx';
import { classes } from '../../components/classes.ts';
import { Rings } from '../../components/states.tsx';
import { Toasts } from '../../components/toast.tsx';
import { scrollRegionId } from '../../components/use-main-virtualizer.ts';
import { usePreferences } from '../../lib/preferences.ts';
import { CommandPalette, KeyboardHelp, openHelp, openPalette } from './command-palette.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { Navigation, RailFoot } from './navigation.tsx';
import { NamespaceSwitcher } from './namespace-switcher.tsx';
import { SessionBanner } from './session-banner.tsx';
import styles from './shell.module.css';
import { useShellCommands } from './use-shell-commands.ts';

/** The frame of every page: the rail, the page, and what lies above both. */
export function Shell(): ReactNode {
  const { isRailCollapsed } = usePreferences();
  const path = useRouterState({ select: (state) => state.location.pathname });
  // The page at which the navigation was opened, on a phone: it closes by going elsewhere.
  const [openAt, setOpenAt] = useState<string>();
  const isOpen = openAt === path;
  const setIsOpen = (open: boolean): void => setOpenAt(open ? path : undefined);
  useShellCommands();
  return (
    <div className={styles.shell}>
      <button type="button" className={styles.skip} onClick={() => document.getElementById(scrollRegionId)?.focus()}>
        Skip to the page
      </button>
      <div className={styles.topbar}>
        <IconButton label="Navigation" aria-expanded={isOpen} onClick={() => setIsOpen(true)}>
          <MenuIcon size={18} />
        </IconButton>
        <Brand />
        <IconButton label="Search and commands" onClick={openPalette}>
          <Search size={17} />
        </IconButton>
      </div>
      {isOpen && (
        <button type="button" aria-label="Close navigation" className={styles.shade} onClick={() => setIsOpen(false)} />
      )}
      <nav
        aria-label="Main"
        className={classes(styles.rail, isRailCollapsed && !isOpen && styles.collapsed)}
        data-open={isOpen}
        onKeyDown={(event) => event.key === 'Escape' && setIsOpen(false)}
      >
        <Brand />
        <NamespaceSwitcher isCollapsed={isRailCollapsed && !isOpen} />
        <Navigation />
        <div className={styles.spacer} />
        <RailFoot onSearch={openPalette} onHelp={openHelp} />
      </nav>
      <main id={scrollRegionId} className={styles.main} tabIndex={-1}>
        <ConnectionBanner />
        <SessionBanner />
        <div className={styles.content}>
          <Outlet />
        </div>
      </main>
      <CommandPalette />
      <KeyboardHelp />
      <Toasts />
    </div>
  );
}

function Brand(): ReactNode {
  return (
    <Link to="/" className={styles.brand} aria-label="Perdure, start page">
      <Rings />
      <span className={styles.label}>Perdure</span>
    </Link>
  );
}
