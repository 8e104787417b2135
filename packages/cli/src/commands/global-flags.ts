import { choiceFlag, booleanFlag, durationFlag, stringFlag } from '../command-line/flag.ts';

/** The flags of every command: names, values and defaults of the official one (temporalio/cli, cliext). */
export const globalFlags = {
  env: stringFlag('Name of the environment whose settings are used. Env: TEMPORAL_ENV.', { default: 'default' }),
  'env-file': stringFlag('File with the settings of environments. Env: TEMPORAL_ENV_FILE.'),
  'config-file': stringFlag('Configuration file in TOML. Env: TEMPORAL_CONFIG_FILE.'),
  profile: stringFlag('Profile of the configuration file. Env: TEMPORAL_PROFILE.'),
  'disable-config-file': booleanFlag('Read no configuration file.'),
  'disable-config-env': booleanFlag('Read no configuration from environment variables.'),
  'log-level': choiceFlag('The least urgent log entries that are written; a server writes from "warn" on.', {
    choices: ['debug', 'info', 'warn', 'error', 'never'],
    default: 'never',
  }),
  'log-format': choiceFlag('Format of log entries.', {
    choices: ['text', 'json'],
    hiddenChoices: ['pretty'],
    default: 'text',
  }),
  output: choiceFlag('Format of what a command prints.', {
    short: 'o',
    choices: ['text', 'json', 'jsonl', 'none'],
    default: 'text',
  }),
  'time-format': choiceFlag('Format of times.', { choices: ['relative', 'iso', 'raw'], default: 'relative' }),
  color: choiceFlag('Whether output is coloured.', { choices: ['always', 'never', 'auto'], default: 'auto' }),
  'no-json-shorthand-payloads': booleanFlag('Show payloads raw, in JSON output too.'),
  'command-timeout': durationFlag('The longest that the command may run.'),
  'client-connect-timeout': durationFlag('The longest that connecting to a server may take.'),
};
