import { AttributeType } from '@perdure/core';
import { createDynamicConfig, type DynamicConfig, parseDynamicConfigValues } from '@perdure/server';
import { CommandError, type CommandContext } from '../command-line/command.ts';
import type { ParsedFlags } from '../command-line/parse-flags.ts';
import type { globalFlags } from '../commands/global-flags.ts';
import type { startDevFlags } from '../commands/server/start-dev.ts';
import { allowsInsecure, listenAddress } from '../server-process/address.ts';
import { parseKeyValues } from '../server-process/key-values.ts';

export type StartDevParsed = ParsedFlags<typeof startDevFlags & typeof globalFlags>;

/** What the flags of `server start-dev` mean. */
export interface DevServerOptions {
  readonly address: string;
  /** 0 takes a free one, here and for HTTP and metrics. */
  readonly port: number;
  readonly metricsPort: number;
  readonly httpPort: number;
  /** Undefined: headless. */
  readonly ui: DevServerUi | undefined;
  /** Undefined: in memory. */
  readonly file: string | undefined;
  readonly pragmas: ReadonlyMap<string, string>;
  readonly namespaces: readonly string[];
  /** Undefined: time is what it is. */
  readonly timeSkipping: 'locked' | 'unlocked' | undefined;
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

/** Where and how the Web UI is served. */
export interface DevServerUi {
  readonly address: string;
  readonly port: number;
  /** The port follows from that of the gRPC service. */
  readonly isDefaultPort: boolean;
  /** `/` first, or empty. */
  readonly publicPath: string;
  /** Instead of our own. */
  readonly assets: string | undefined;
  readonly codecEndpoint: string;
  readonly isNewsFetchDisabled: boolean;
  readonly isReadOnly: boolean;
}

/** How far the port of the Web UI is from that of the gRPC service. */
const UI_PORT_OFFSET = 1_000;
const PORT_MAX = 65_535;

/** Checks the flags. Throws a `CommandError` or `UsageError` that says what is allowed. */
export function devServerOptions({ flags }: StartDevParsed, context: CommandContext): DevServerOptions {
  const insecure = allowsInsecure(flags.insecure, context.environment);
  const address = listenAddress('ip', flags.ip, insecure);
  return {
    address,
    port: flags.port,
    metricsPort: flags['metrics-port'],
    httpPort: flags['http-port'],
    ui: flags.headless ? undefined : readUi(flags, address, insecure),
    file: flags['db-filename'] === '' ? undefined : flags['db-filename'],
    pragmas: parseKeyValues('invalid pragma', flags['sqlite-pragma']),
    timeSkipping: flags['time-skipping'] === 'off' ? undefined : flags['time-skipping'],
    namespaces: [...new Set(['default', ...flags.namespace])],
    searchAttributes: readSearchAttributes(flags['search-attribute']),
    ...readDynamicConfig(flags['dynamic-config-value']),
  };
}

function readUi(flags: StartDevParsed['flags'], address: string, insecure: boolean): DevServerUi {
  const { port, 'ui-ip': ip, 'ui-port': uiPort, 'ui-public-path': publicPath, 'ui-asset-path': assets } = flags;
  // A free port has no neighbour that anybody could know beforehand.
  const defaultPort = port === 0 ? 0 : Math.min(port + UI_PORT_OFFSET, PORT_MAX);
  const path = publicPath.replace(/^\/+|\/+$/g, '');
  return {
    address: ip === '' ? address : listenAddress('ui-ip', ip, insecure),
    port: uiPort === 0 ? defaultPort : uiPort,
    isDefaultPort: uiPort === 0,
    publicPath: path === '' ? '' : `/${path}`,
    assets: assets === '' ? undefined : assets,
    codecEndpoint: flags['ui-codec-endpoint'],
    isNewsFetchDisabled: flags['ui-disable-news-fetch'],
    isReadOnly: flags['ui-disable-write-actions'],
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
