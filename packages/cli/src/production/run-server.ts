import {
  collectProcessMetrics,
  createLogger,
  createMetricsRegistry,
  createNodeHost,
  defaultDynamicConfig,
  type Host,
  ListenError,
  listenForMetrics,
  logFormatters,
  type Logger,
  Readiness,
  type ServerOptions,
  SetUpError,
  type TlsIdentity,
} from '@perdure/server';
import type { Store } from '@perdure/storage';
import { StoreError } from '@perdure/storage/error';
import { openSqliteStore } from '@perdure/storage-sqlite';
import { CommandError, type CommandContext } from '../command-line/command.ts';
import { hostAndPort } from '../server-process/address.ts';
import { serve } from '../server-process/serve.ts';
import type { StartServer } from '../server-process/server-contract.ts';
import { uiAssets } from '../server-process/ui-assets.ts';
import { versionText } from '../version.ts';
import { watchedAuthenticator } from './authentication-files.ts';
import { watchedDynamicConfig } from './dynamic-config-file.ts';
import type { PartAddress } from './listen-options.ts';
import { type ProductionOptions, productionOptions } from './options.ts';
import { CONFIG_VARIABLE, readSettings, type TypedFlags } from './read-settings.ts';
import { settingsText } from './settings-text.ts';
import { watchedSignIn, type WatchedSignIn } from './sign-in-files.ts';
import { watchedIdentity } from './tls-files.ts';
import { FileWatch } from './watched-files.ts';

/** What the parts of the process share. */
interface Process {
  readonly options: ProductionOptions;
  readonly host: Host;
  readonly logger: Logger;
  readonly watch: FileWatch;
}

/** What was typed, besides the settings. */
export interface ServerCommand {
  readonly typed: TypedFlags;
  readonly configFile: string;
  /** Check the configuration, print it and end. */
  readonly isCheck: boolean;
  /** `--command-timeout`; 0 is none. */
  readonly timeoutMs: number;
}

/** Runs the server until it is asked to end or fails. Gives the exit code. */
export async function runServer(
  command: ServerCommand,
  context: CommandContext,
  startServer: StartServer,
): Promise<number> {
  const file = command.configFile === '' ? context.environment[CONFIG_VARIABLE] : command.configFile;
  const read = readSettings({ file, environment: context.environment, typed: command.typed });
  const options = productionOptions(read.values);
  const host = createNodeHost();
  const logger = createLogger({
    level: read.values['log.level'],
    format: logFormatters[read.values['log.format']],
    now: () => host.now(),
    write: (line) => context.stderr.write(line),
  });
  for (const name of read.unknownVariables) logger.warn('environment variable stands for no setting', { name });
  const watch = new FileWatch({ host, intervalMs: options.reloadIntervalMs });
  try {
    const shared = { options, host, logger, watch };
    const parts = await readParts(shared, context.environment);
    if (command.isCheck) {
      context.stdout.write(settingsText(read));
      return 0;
    }
    return await runOnStore(shared, parts, command.timeoutMs, context, startServer);
  } finally {
    watch.stop();
  }
}

type Parts = Pick<ServerOptions, 'config' | 'grpc' | 'http' | 'authenticator'> & {
  readonly uiTls: TlsIdentity | undefined;
  readonly signIn: WatchedSignIn | undefined;
};

/** Reads the files that the options name, so that what is wrong with them is known before anything is opened. */
async function readParts(shared: Process, environment: CommandContext['environment']): Promise<Parts> {
  const { options, watch, logger } = shared;
  const { dynamicConfigFile } = options;
  const listen = (part: string, { address, port, tls }: PartAddress) => ({
    host: address,
    port,
    tls: tls && watchedIdentity(part, tls, watch, logger),
  });
  return {
    config:
      dynamicConfigFile === undefined ? defaultDynamicConfig : watchedDynamicConfig(dynamicConfigFile, watch, logger),
    grpc: listen('grpc', options.grpc),
    http: options.http && { ...listen('http', options.http), allowedHosts: options.http.allowedHosts },
    authenticator: await watchedAuthenticator(options.authentication, shared),
    uiTls: options.ui && listen('ui', options.ui).tls,
    signIn: options.ui?.auth && watchedSignIn(options.ui.auth, options.ui.publicPath, environment, shared),
  };
}

async function runOnStore(
  shared: Process,
  parts: Parts,
  timeoutMs: number,
  context: CommandContext,
  startServer: StartServer,
): Promise<number> {
  const { options, host, logger } = shared;
  const registry = createMetricsRegistry();
  collectProcessMetrics(registry, () => host.now());
  const readiness = new Readiness();
  const store = openStore(shared);
  try {
    const { address, port } = options.metrics;
    const metrics = await explained(listenForMetrics({ host: address, port, registry, readiness }));
    try {
      const { uiTls, signIn, ...given } = parts;
      const { namespaces, retentionMs, ui } = options;
      const allowedHosts = [...(ui?.allowedHosts ?? []), ...(signIn?.hosts ?? [])];
      const uiOptions = ui && { ...ui, host: ui.address, tls: uiTls, assets: await uiAssets(), allowedHosts, signIn };
      const server = await explained(
        startServer({
          ...given,
          ui: uiOptions,
          store,
          host,
          logger,
          metrics: registry,
          readiness,
          namespaces,
          retentionMs,
          searchAttributes: new Map(),
        }),
      );
      const { announceMs, drainMs } = options;
      const ended = serve(server, { host, logger, timeoutMs, announceMs, drainMs }, context);
      logger.info('serving', {
        version: versionText(),
        store: options.store.file,
        ...shownAddresses(options, { ...server.ports, metrics: metrics.port }),
      });
      const code = await ended;
      logger.info('stopped');
      return code;
    } finally {
      await metrics.close();
    }
  } finally {
    await store.close();
  }
}

function openStore({ options, logger }: Process): Store {
  try {
    return openSqliteStore({ ...options.store, onWarning: (message) => logger.warn(message) });
  } catch (error) {
    throw error instanceof StoreError ? new CommandError(error.message, { cause: error }) : error;
  }
}

/** What a person can mend is told without a stack. */
async function explained<Value>(promise: Promise<Value>): Promise<Value> {
  try {
    return await promise;
  } catch (error) {
    const isPlain = error instanceof StoreError || error instanceof SetUpError || error instanceof ListenError;
    throw isPlain ? new CommandError(error.message, { cause: error }) : error;
  }
}

interface ShownPorts {
  readonly grpc: number;
  readonly http: number | undefined;
  readonly ui: number | undefined;
  readonly metrics: number;
}

function shownAddresses(options: ProductionOptions, ports: ShownPorts): Record<string, string | undefined> {
  const shown = (part: { readonly address: string } | undefined, port: number | undefined): string | undefined =>
    part && port !== undefined ? hostAndPort(part.address, port) : undefined;
  return {
    grpc: shown(options.grpc, ports.grpc),
    http: shown(options.http, ports.http),
    ui: shown(options.ui, ports.ui),
    metrics: shown(options.metrics, ports.metrics),
  };
}
