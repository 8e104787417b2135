import type { ReactNode } from 'react';
import { Menu, MenuChoice, MenuSeparator } from '../../components/menu.tsx';
import { setPreference, usePreferences } from '../../lib/preferences.ts';
import { dateFormats } from '../../lib/time.ts';

const localZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Theme, zone and style of times: kept in this browser. */
export function SettingsMenu({ trigger }: { readonly trigger: ReactNode }): ReactNode {
  const { theme, timeZone, timeStyle, dateFormat, clock } = usePreferences();
  return (
    <Menu trigger={trigger} align="start">
      <MenuChoice
        label="Theme"
        value={theme}
        options={[
          ['system', 'As the system'],
          ['light', 'Light'],
          ['dark', 'Dark'],
        ]}
        onChange={(value) => setPreference('theme', value)}
      />
      <MenuSeparator />
      <MenuChoice
        label="Time zone"
        value={timeZone}
        options={[
          ['local', `Local (${localZone})`],
          ['UTC', 'UTC'],
          ...(timeZone !== 'local' && timeZone !== 'UTC' ? [[timeZone, timeZone] as const] : []),
        ]}
        onChange={(value) => setPreference('timeZone', value)}
      />
      <MenuSeparator />
      <MenuChoice
        label="Times"
        value={timeStyle}
        options={[
          ['absolute', 'Date and time'],
          ['relative', 'How long ago'],
        ]}
        onChange={(value) => setPreference('timeStyle', value)}
      />
      <MenuSeparator />
      <MenuChoice
        label="Dates"
        value={dateFormat}
        options={dateFormats}
        onChange={(value) => setPreference('dateFormat', value)}
      />
      <MenuSeparator />
      <MenuChoice
        label="Clock"
        value={clock}
        options={[
          ['24', '24 hours'],
          ['12', '12 hours'],
        ]}
        onChange={(value) => setPreference('clock', value)}
      />
    </Menu>
  );
}
