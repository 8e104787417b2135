import { useNavigate } from '@tanstack/react-router';
import { type Command, useCommands } from '../../lib/commands.ts';
import { setPreference, usePreferences } from '../../lib/preferences.ts';
import { navigation } from '../navigation.ts';
import { openHelp, openPalette } from './command-palette.tsx';
import { useNamespaceNames } from './namespace-switcher.tsx';
import { useNamespace } from './use-namespace.ts';
import { signOutOrSay, useReader } from './use-reader.ts';

/** What can be done everywhere: go to a page, to another namespace, change how things look. */
export function useShellCommands(): void {
  const navigate = useNavigate();
  const namespace = useNamespace();
  const names = useNamespaceNames();
  const { theme, timeZone, timeStyle } = usePreferences();
  const reader = useReader();
  const goTo = navigation.flat().map(({ title, to, key }): Command => ({
    id: `go.${key}`,
    title: `Go to ${title.toLowerCase()}`,
    group: 'Go to',
    keys: `g ${key}`,
    run: () => void navigate({ to, params: { namespace } as never }),
  }));
  const switchTo = names
    .filter((name) => name !== namespace)
    .map((name): Command => ({
      id: `namespace.${name}`,
      title: `Namespace ${name}`,
      group: 'Namespaces',
      run: () => void navigate({ to: '/namespaces/$namespace/workflows', params: { namespace: name } }),
    }));
  const isDark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  useCommands([
    {
      id: 'palette',
      title: 'Search and commands',
      group: 'Everywhere',
      keys: 'Mod+k',
      isHidden: true,
      run: openPalette,
    },
    { id: 'help', title: 'Keyboard shortcuts', group: 'Everywhere', keys: '?', run: openHelp },
    ...(reader === undefined
      ? []
      : [{ id: 'sign-out', title: 'Sign out', group: 'Everywhere', keywords: reader.name, run: signOutOrSay }]),
    ...goTo,
    ...switchTo,
    {
      id: 'theme',
      title: isDark ? 'Light theme' : 'Dark theme',
      group: 'Appearance',
      run: () => setPreference('theme', isDark ? 'light' : 'dark'),
    },
    {
      id: 'zone',
      title: timeZone === 'UTC' ? 'Times in the local zone' : 'Times in UTC',
      group: 'Appearance',
      run: () => setPreference('timeZone', timeZone === 'UTC' ? 'local' : 'UTC'),
    },
    {
      id: 'time-style',
      title: timeStyle === 'absolute' ? 'Times as how long ago' : 'Times as date and time',
      group: 'Appearance',
      run: () => setPreference('timeStyle', timeStyle === 'absolute' ? 'relative' : 'absolute'),
    },
  ]);
}
