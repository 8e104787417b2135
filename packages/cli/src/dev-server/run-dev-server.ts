import {
  collectProcessMetrics,
  createLogger,
  createMetricsRegistry,
  createNodeHost,
  type Host,
  listenForMetrics,
  logFormatters,
  type Logger,
  type MetricsListener,
  type MetricsRegistry,
  SetUpError,
} from '@perdure/server';
import type { Store } from '@perdure/storage';
import { StoreError } from '@perdure/storage/error';
import { openSqliteStore } from '@perdure/storage-sqlite';
import { CommandError, type CommandContext } from '../command-line/command.ts';
import { versionText } from '../version.ts';
import { banner } from './banner.ts';
import { configText } from './config-text.ts';
import { listenFailure } from './listen-failure.ts';
import { type DevServerOptions, devServerOptions, type StartDevParsed } from './options.ts';
import { serve } from './serve.ts';
import type { DevServer, StartServer } from './server-contract.ts';

/** What the parts of the server share. */
interface Shared {
  readonly options: DevServerOptions;
  readonly host: Host;
  readonly logger: Logger;
  readonly registry: MetricsRegistry;
}

/** Runs the server until it is interrupted, its time is up or it fails. Gives the exit code. */
export async function runDevServer(
  parsed: StartDevParsed,
  context: CommandContext,
  startServer: StartServer,
): Promise<number> {
  const shared = prepare(parsed, context);
  const { options, registry } = shared;
  const store = openStore(shared);
  try {
    const metrics = await startMetrics(options, registry);
    try {
      const server = await start(startServer, shared, store);
      const ports = { port: server.grpcPort, metricsPort: metrics.port };
      // Whoever reads the banner may interrupt us at once: that is heard before it is written.
      const ended = serve(server, { timeoutMs: parsed.flags['command-timeout'], ...shared }, context);
      if (parsed.flags.output === 'text') {
        context.stdout.write(banner({ version: versionText(), ...options, ...ports }));
      }
      return await ended;
    } finally {
      await metrics.close();
    }
  } finally {
    await store.close();
  }
}

function prepare(parsed: StartDevParsed, context: CommandContext): Shared {
  const options = devServerOptions(parsed, context);
  const host = createNodeHost();
  const registry = createMetricsRegistry();
  const now = (): number => host.now();
  collectProcessMetrics(registry, now);
  const logger = createLogger({
    level: parsed.given.has('log-level') ? parsed.flags['log-level'] : 'warn',
    format: logFormatters[parsed.flags['log-format']],
    now,
    write: (line) => context.stderr.write(line),
  });
  for (const warning of options.warnings) logger.warn(warning);
  for (const note of options.notes) logger.info(note);
  if (parsed.flags['log-config']) context.stderr.write(configText(options));
  return { options, host, logger, registry };
}

function openStore({ options, logger }: Shared): Store {
  const { file, pragmas } = options;
  try {
    return openSqliteStore({ file, pragmas, onWarning: (message) => logger.warn(message) });
  } catch (error) {
    throw error instanceof StoreError ? new CommandError(error.message, { cause: error }) : error;
  }
}

async function startMetrics(
  { address, metricsPort }: DevServerOptions,
  registry: MetricsRegistry,
): Promise<MetricsListener> {
  try {
    return await listenForMetrics({ host: address, port: metricsPort, registry });
  } catch (error) {
    throw listenFailure('metrics', metricsPort, error);
  }
}

async function start(startServer: StartServer, shared: Shared, store: Store): Promise<DevServer> {
  const { options, host, logger, registry } = shared;
  const { dynamicConfig: config, namespaces, searchAttributes } = options;
  const grpc = { host: options.address, port: options.port };
  try {
    return await startServer({
      store,
      host,
      logger,
      metrics: registry,
      config,
      grpc,
      namespaces,
      searchAttributes,
    });
  } catch (error) {
    if (error instanceof StoreError || error instanceof SetUpError) {
      throw new CommandError(error.message, { cause: error });
    }
    throw listenFailure('frontend', options.port, error);
  }
}
