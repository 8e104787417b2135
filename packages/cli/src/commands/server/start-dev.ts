import { defineCommand } from '../../command-line/command.ts';
import type { FlagValues } from '../../command-line/flag.ts';
import { booleanFlag, choiceFlag, integerFlag, listFlag, stringFlag } from '../../command-line/flag.ts';

const PORT_MAX = 65_535;

/** Names, letters and defaults of the official command (temporalio/cli, commands.yaml); `--insecure` is our own. */
export const startDevFlags = {
  'db-filename': stringFlag('File that keeps all state. Without it, state lives in memory and ends with the server.', {
    short: 'f',
  }),
  namespace: listFlag('Namespace to have from the start, besides "default". May be given several times.', {
    short: 'n',
  }),
  port: integerFlag('Port of the gRPC service.', { short: 'p', default: 7_233, min: 0, max: PORT_MAX }),
  'http-port': integerFlag('Port of the HTTP API. Default: a free one.', { min: 0, max: PORT_MAX }),
  'metrics-port': integerFlag("Port of '/metrics'. Default: a free one.", { min: 0, max: PORT_MAX }),
  'ui-port': integerFlag("Port of the Web UI. Default: that of '--port' + 1000.", { min: 0, max: PORT_MAX }),
  headless: booleanFlag('Serve no Web UI.'),
  ip: stringFlag('IP address of the gRPC service.', { default: 'localhost' }),
  'ui-ip': stringFlag("IP address of the Web UI. Default: that of '--ip'."),
  'ui-public-path': stringFlag('Path under which the Web UI is served.'),
  'ui-asset-path': stringFlag('Folder with assets of your own for the Web UI.'),
  'ui-codec-endpoint': stringFlag('HTTP address of the codec server that the Web UI uses.'),
  'ui-disable-news-fetch': booleanFlag('Do not load news into the Web UI.'),
  'ui-disable-write-actions': booleanFlag('Let the Web UI only show: it offers no actions, and its port refuses them.'),
  'sqlite-pragma': listFlag('SQLite pragma as PRAGMA=VALUE. May be given several times.'),
  'dynamic-config-value': listFlag('Dynamic configuration as KEY=JSON. May be given several times.'),
  'time-skipping': choiceFlag(
    'For tests: let time skip to the next timer whenever nothing else is awaited. "locked" waits to be unlocked by TestService.',
    { choices: ['off', 'locked', 'unlocked'], default: 'off' },
  ),
  'log-config': booleanFlag('Print the configuration to stderr.'),
  'search-attribute': listFlag(
    'Search attribute to have from the start, as NAME=TYPE with one of the types Text, Keyword, Int, Double, Bool, Datetime, KeywordList. May be given several times.',
  ),
  insecure: booleanFlag(
    'Allow addresses other than loopback, although nobody who connects has to prove who they are. Env: PERDURE_INSECURE.',
  ),
};

export type StartDevFlags = FlagValues<typeof startDevFlags>;

export const startDev = defineCommand({
  summary: 'Start a development server on this machine',
  description: `
Start a server on this machine, for workers and clients of any Temporal SDK. It listens on the loopback address only.

Keep the state across restarts:
  perdure server start-dev --db-filename perdure.db

Use another port:
  perdure server start-dev --port 7000`,
  flags: startDevFlags,
  async run(parsed, context) {
    const [{ runDevServer }, { startServer }] = await Promise.all([
      import('../../dev-server/run-dev-server.ts'),
      import('@perdure/server'),
    ]);
    return runDevServer(parsed, context, startServer);
  },
});
