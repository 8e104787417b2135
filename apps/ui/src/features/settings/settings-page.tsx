import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { messageOf } from '../../api/errors.ts';
import { clusterInfoQuery, type Settings, settingsQuery, systemInfoQuery } from '../../api/queries.ts';
import { FieldRow, SelectField } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';
import { Facts, Page, Panel, Stack, Tag } from '../../components/page.tsx';
import { type Preferences, setPreference, usePreferences } from '../../lib/preferences.ts';
import { dateFormats, formatTime } from '../../lib/time.ts';
import { CodecPanel } from './codec-panel.tsx';
import { PricesPanel } from './prices-panel.tsx';
import styles from './settings.module.css';

const localZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const zones = [
  ['local', `Local (${localZone})`],
  ['UTC', 'UTC'],
  ...Intl.supportedValuesOf('timeZone').map((name) => [name, name] as const),
] as const;

/** The time that formats are shown with. */
const exampleMs = Date.now();

/** What is kept in this browser, and what the server is. */
export function SettingsPage(): ReactNode {
  return (
    <Page title="Settings">
      <Stack className={styles.list}>
        <Appearance />
        <CodecPanel />
        <PricesPanel />
        <Server />
      </Stack>
    </Page>
  );
}

function Appearance(): ReactNode {
  const { theme, timeZone, timeStyle, dateFormat, clock } = usePreferences();
  return (
    <Panel title="Appearance and times">
      <FieldRow>
        <SelectField
          label="Theme"
          options={[
            ['system', 'As the system'],
            ['light', 'Light'],
            ['dark', 'Dark'],
          ]}
          value={theme}
          onChange={(event) => setPreference('theme', event.target.value as Preferences['theme'])}
        />
        <SelectField
          label="Time zone"
          options={zones}
          value={timeZone}
          onChange={(event) => setPreference('timeZone', event.target.value)}
        />
        <SelectField
          label="Times"
          options={[
            ['absolute', 'Date and time'],
            ['relative', 'How long ago'],
          ]}
          value={timeStyle}
          onChange={(event) => setPreference('timeStyle', event.target.value as Preferences['timeStyle'])}
        />
        <SelectField
          label="Dates"
          options={dateFormats.map(([format, name]) => {
            return [format, `${name}: ${formatTime(exampleMs, { timeZone, clock, dateFormat: format })}`] as const;
          })}
          value={dateFormat}
          onChange={(event) => setPreference('dateFormat', event.target.value as Preferences['dateFormat'])}
        />
        <SelectField
          label="Clock"
          options={[
            ['24', '24 hours'],
            ['12', '12 hours'],
          ]}
          value={clock}
          onChange={(event) => setPreference('clock', event.target.value as Preferences['clock'])}
        />
      </FieldRow>
    </Panel>
  );
}

function changesWords({ isReadOnly, disabledActions }: Settings): string {
  if (isReadOnly) return 'switched off';
  return disabledActions.size === 0 ? 'allowed' : `allowed, without: ${[...disabledActions].join(', ')}`;
}

function Server(): ReactNode {
  const cluster = useQuery(clusterInfoQuery);
  const system = useQuery(systemInfoQuery);
  const { data: settings } = useQuery(settingsQuery);
  const capabilities = Object.entries(system.data?.capabilities ?? {})
    .filter(([, value]) => value === true)
    .map(([name]) => name.replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`));
  return (
    <Panel title="Server">
      {cluster.error !== null && <Notice tone="failed">{messageOf(cluster.error)}</Notice>}
      <Facts
        facts={[
          ['Version', system.data?.serverVersion],
          ['Cluster', cluster.data?.clusterName],
          ['Cluster ID', cluster.data?.clusterId],
          ['Keeps its state in', cluster.data?.persistenceStore],
          ['Keeps its lists in', cluster.data?.visibilityStore],
          ['Shards', cluster.data?.historyShardCount],
          ['Changes from here', settings && changesWords(settings)],
        ]}
      />
      <div className={styles.tags}>
        {capabilities.map((words) => (
          <Tag key={words}>{words}</Tag>
        ))}
      </div>
    </Panel>
  );
}
