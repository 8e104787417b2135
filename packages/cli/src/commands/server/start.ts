import { defineCommand } from '../../command-line/command.ts';
import { booleanFlag, type Flag, type FlagTable, stringFlag } from '../../command-line/flag.ts';
import type { FlagValue } from '../../command-line/flag-value.ts';
import {
  flagName,
  productionSettings,
  type SettingPath,
  settingPaths,
  variableName,
} from '../../production/settings.ts';

/** `--log-level` and `--log-format` are flags of every command. */
const isOwn = (path: SettingPath): boolean => !path.startsWith('log.');

function settingFlag(path: SettingPath): Flag {
  const flag: Flag = productionSettings[path];
  return { ...flag, description: `${flag.description} Env: ${variableName(path)}.` };
}

const startFlags: FlagTable = {
  config: stringFlag('Configuration file in YAML. Env: PERDURE_CONFIG.'),
  check: booleanFlag('Check the configuration and the files that it names, print the settings in force, and end.'),
  ...Object.fromEntries(settingPaths.filter(isOwn).map((path) => [flagName(path), settingFlag(path)])),
};

export const start = defineCommand({
  summary: 'Start a server for production',
  description: `
Start a server with a configuration file, environment variables or flags. A flag wins over a variable, that over the file.

  perdure server start --config /etc/perdure/perdure.yaml

Without a file:
  perdure server start --store-file perdure.db --namespace default

An address other than loopback needs TLS and authentication. SIGTERM ends the server gracefully.`,
  flags: startFlags,
  async run({ flags, given }, context) {
    const [{ runServer }, { startServer }] = await Promise.all([
      import('../../production/run-server.ts'),
      import('@perdure/server'),
    ]);
    const command = {
      typed: { flags: flags as Readonly<Record<string, FlagValue>>, given },
      configFile: String(flags['config']),
      isCheck: flags['check'] === true,
      timeoutMs: flags['command-timeout'],
    };
    return runServer(command, context, startServer);
  },
});
