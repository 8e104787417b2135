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
import { banner, type BannerPorts } from './banner.ts';
import { configText } from './config-text.ts';
import { listenFailure } from './listen-failure.ts';
import { type DevServerOptions, devServerOptions, type StartDevParsed } from './options.ts';
import { serve } from './serve.ts';
import type { DevServer, StartServer } from './server-contract.ts';
import { uiAssets } from './ui-assets.ts';

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
      const shown = shownPorts(options, server.ports, metrics.port);
      // Whoever reads the banner may interrupt us at once: that is heard before it is written.
      const ended = serve(server, { timeoutMs: parsed.flags['command-timeout'], ...shared }, context);
      if (parsed.flags.output === 'text') {
        context.stdout.write(banner({ version: versionText(), ...options, ...shown }));
      }
      return await ended;
    } finally {
      await metrics.close();
    }
  } finally {
    await store.close();
  }
}

/** The ports as they came to be. The HTTP API is only shown to those who asked for a port of it, as officially. */
function shownPorts(options: DevServerOptions, ports: DevServer['ports'], metricsPort: number): BannerPorts {
  return {
    port: ports.grpc,
    httpPort: options.httpPort === 0 ? undefined : ports.http,
    ui: options.ui && ports.ui !== undefined ? { ...options.ui, port: ports.ui } : undefined,
    metricsPort,
  };
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

async function startMetrics(options: DevServerOptions, registry: MetricsRegistry): Promise<MetricsListener> {
  try {
    return await listenForMetrics({ host: options.address, port: options.metricsPort, registry });
  } catch (error) {
    throw listenFailure(error, options);
  }
}

async function start(startServer: StartServer, shared: Shared, store: Store): Promise<DevServer> {
  const { options, host, logger, registry } = shared;
  const { dynamicConfig: config, namespaces, searchAttributes, ui } = options;
  const grpc = { host: options.address, port: options.port };
  const http = { host: options.address, port: options.httpPort };
  try {
    return await startServer({
      store,
      host,
      logger,
      metrics: registry,
      config,
      grpc,
      http,
      ui: ui && { ...ui, host: ui.address, assets: ui.assets ?? (await uiAssets()) },
      namespaces,
      timeSkipping: options.timeSkipping,
      searchAttributes,
    });
  } catch (error) {
    if (error instanceof StoreError || error instanceof SetUpError) {
      throw new CommandError(error.message, { cause: error });
    }
    throw listenFailure(error, options);
  }
}
