import { AttributeType } from '@perdure/core';
import { createDynamicConfig, type DynamicConfig, parseDynamicConfigValues } from '@perdure/server';
import { CommandError, type CommandContext } from '../command-line/command.ts';
import type { ParsedFlags } from '../command-line/parse-flags.ts';
import type { globalFlags } from '../commands/global-flags.ts';
import type { startDevFlags } from '../commands/server/start-dev.ts';
import { allowsInsecure, listenAddress } from './address.ts';
import { parseKeyValues } from './key-values.ts';

export type StartDevParsed = ParsedFlags<typeof startDevFlags & typeof globalFlags>;

/** What the flags of `server start-dev` mean. */
export interface DevServerOptions {
  readonly address: string;
  /** 0 takes a free one, here and for metrics. */
  readonly port: number;
  readonly metricsPort: number;
  /** Undefined: in memory. */
  readonly file: string | undefined;
  readonly pragmas: ReadonlyMap<string, string>;
  readonly namespaces: readonly string[];
  /** Custom search attributes of those namespaces. */
  readonly searchAttributes: ReadonlyMap<string, AttributeType>;
  readonly dynamicConfig: DynamicConfig;
  /** Its values as given, by key. */
  readonly dynamicConfigValues: Readonly<Record<string, unknown>>;
  /** What the user should know, such as a flag without effect. */
  readonly warnings: readonly string[];
  /** The same, of less weight. */
  readonly notes: readonly string[];
}

/** Flags of parts that this version does not have: taken, so that scripts run, and told where they were typed. */
const withoutEffect = ['http-port', 'ui-port', 'ui-ip', 'ui-public-path', 'ui-asset-path', 'ui-codec-endpoint'];

/** Checks the flags. Throws a `CommandError` or `UsageError` that says what is allowed. */
export function devServerOptions({ flags, given }: StartDevParsed, context: CommandContext): DevServerOptions {
  const insecure = allowsInsecure(flags.insecure, context.environment);
  if (flags['ui-ip'] !== '') listenAddress('ui-ip', flags['ui-ip'], insecure);
  const { warnings, ...config } = readDynamicConfig(flags['dynamic-config-value']);
  const idle = withoutEffect.filter((flag) => given.has(flag)).map((flag) => `--${flag} has no effect in this version`);
  return {
    address: listenAddress('ip', flags.ip, insecure),
    port: flags.port,
    metricsPort: flags['metrics-port'],
    file: flags['db-filename'] === '' ? undefined : flags['db-filename'],
    pragmas: parseKeyValues('invalid pragma', flags['sqlite-pragma']),
    namespaces: [...new Set(['default', ...flags.namespace])],
    searchAttributes: readSearchAttributes(flags['search-attribute']),
    warnings: [...idle, ...warnings],
    ...config,
  };
}

type ConfigOptions = Pick<DevServerOptions, 'dynamicConfig' | 'dynamicConfigValues' | 'warnings' | 'notes'>;

function readDynamicConfig(texts: readonly string[]): ConfigOptions {
  const parsed = parseDynamicConfigValues(texts);
  if ('invalid' in parsed) throw new CommandError(`invalid dynamic config values: ${parsed.invalid}`);
  const result = createDynamicConfig(parsed.values);
  if (result.kind === 'invalid') throw new CommandError(`invalid dynamic config values: ${result.problems.join('; ')}`);
  const values = Object.entries(parsed.values).map(([key, list]) => [key, list[0]?.value] as const);
  const { config, warnings, notes } = result;
  return { dynamicConfig: config, dynamicConfigValues: Object.fromEntries(values), warnings, notes };
}

function readSearchAttributes(texts: readonly string[]): Map<string, AttributeType> {
  const types = Object.values(AttributeType);
  const attributes = new Map<string, AttributeType>();
  for (const [name, text] of parseKeyValues('invalid search attributes', texts)) {
    const type = types.find((known) => known.toLowerCase() === text.toLowerCase());
    if (type === undefined) {
      const allowed = `allowed: ${types.join(', ')}`;
      throw new CommandError(`invalid search attribute value type ${JSON.stringify(text)}; ${allowed}`);
    }
    attributes.set(name, type);
  }
  return attributes;
}
