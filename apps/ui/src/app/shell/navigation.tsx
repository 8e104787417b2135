import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Keyboard, PanelLeft, Search, Settings2 } from 'lucide-react';
import { lazy, type ReactNode, Suspense } from 'react';
import { systemInfoQuery } from '../../api/queries.ts';
import { classes } from '../../components/classes.ts';
import { setPreference, usePreferences } from '../../lib/preferences.ts';
import { navigation } from '../navigation.ts';
import { SettingsMenu } from './settings-menu.tsx';
import styles from './shell.module.css';
import { useNamespace } from './use-namespace.ts';
import { useReader } from './use-reader.ts';

/** Comes where somebody signs in. */
const ReaderMenu = lazy(async () => ({ default: (await import('./reader-menu.tsx')).ReaderMenu }));

export function Navigation(): ReactNode {
  const namespace = useNamespace();
  return navigation.map((entries) => (
    <div key={entries[0]?.title} className={styles.group}>
      {entries.map(({ title, icon: Icon, to, isExact = false }) => (
        <Link
          key={title}
          to={to}
          params={{ namespace } as never}
          className={styles.link}
          title={title}
          activeOptions={{ exact: isExact }}
        >
          <Icon size={16} strokeWidth={1.8} aria-hidden="true" />
          <span className={styles.label}>{title}</span>
        </Link>
      ))}
    </div>
  ));
}

const mod = /mac|iphone|ipad/i.test(navigator.userAgent) ? '⌘' : 'Ctrl ';

export function RailFoot({
  onSearch,
  onHelp,
}: {
  readonly onSearch: () => void;
  readonly onHelp: () => void;
}): ReactNode {
  const { isRailCollapsed } = usePreferences();
  const { data } = useQuery(systemInfoQuery);
  const reader = useReader();
  const button = classes(styles.link, styles.button);
  return (
    <div className={styles.group}>
      <button type="button" className={button} onClick={onSearch} title="Search and commands">
        <Search size={16} aria-hidden="true" />
        <span className={styles.label}>Search</span>
        <kbd className={styles.keys}>{mod}K</kbd>
      </button>
      <button type="button" className={button} onClick={onHelp} title="Keyboard shortcuts">
        <Keyboard size={16} aria-hidden="true" />
        <span className={styles.label}>Keyboard</span>
        <kbd className={styles.keys}>?</kbd>
      </button>
      <SettingsMenu
        trigger={
          <button type="button" className={button} title="Appearance and times">
            <Settings2 size={16} aria-hidden="true" />
            <span className={styles.label}>Appearance</span>
          </button>
        }
      />
      <button
        type="button"
        className={button}
        title={isRailCollapsed ? 'Widen the navigation' : 'Narrow the navigation'}
        onClick={() => setPreference('isRailCollapsed', !isRailCollapsed)}
      >
        <PanelLeft size={16} aria-hidden="true" />
        <span className={styles.label}>Narrow</span>
      </button>
      {reader !== undefined && (
        <Suspense>
          <ReaderMenu {...reader} />
        </Suspense>
      )}
      {data?.serverVersion !== undefined && <div className={styles.version}>Server {data.serverVersion}</div>}
    </div>
  );
}
