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
  Readiness,
  SetUpError,
} from '@perdure/server';
import type { Store } from '@perdure/storage';
import { StoreError } from '@perdure/storage/error';
import { openSqliteStore } from '@perdure/storage-sqlite';
import { CommandError, type CommandContext } from '../command-line/command.ts';
import { serve } from '../server-process/serve.ts';
import type { ServerProcess, StartServer } from '../server-process/server-contract.ts';
import { uiAssets } from '../server-process/ui-assets.ts';
import { versionText } from '../version.ts';
import { banner, type BannerPorts } from './banner.ts';
import { configText } from './config-text.ts';
import { listenFailure } from './listen-failure.ts';
import { type DevServerOptions, devServerOptions, type StartDevParsed } from './options.ts';

/** How long closed runs are kept. Temporal: the dev server's 24 h. */
const RETENTION_MS = 24 * 3_600_000;

/** How long requests that are being served may take once the end was asked for. */
const DRAIN_MS = 5_000;

/** What the parts of the server share. */
interface Shared {
  readonly options: DevServerOptions;
  readonly host: Host;
  readonly logger: Logger;
  readonly registry: MetricsRegistry;
  readonly readiness: Readiness;
}

/** Runs the server until it is interrupted, its time is up or it fails. Gives the exit code. */
export async function runDevServer(
  parsed: StartDevParsed,
  context: CommandContext,
  startServer: StartServer,
): Promise<number> {
  const shared = prepare(parsed, context);
  const { options } = shared;
  const store = openStore(shared);
  try {
    const metrics = await startMetrics(shared);
    try {
      const server = await start(startServer, shared, store);
      const shown = shownPorts(options, server.ports, metrics.port);
      // Whoever reads the banner may interrupt us at once: that is heard before it is written.
      const timeoutMs = parsed.flags['command-timeout'];
      const ended = serve(server, { ...shared, timeoutMs, announceMs: 0, drainMs: DRAIN_MS }, context);
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
function shownPorts(options: DevServerOptions, ports: ServerProcess['ports'], metricsPort: number): BannerPorts {
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
  return { options, host, logger, registry, readiness: new Readiness() };
}

function openStore({ options, logger }: Shared): Store {
  const { file, pragmas } = options;
  try {
    return openSqliteStore({ file, pragmas, onWarning: (message) => logger.warn(message) });
  } catch (error) {
    throw error instanceof StoreError ? new CommandError(error.message, { cause: error }) : error;
  }
}

async function startMetrics({ options, registry, readiness }: Shared): Promise<MetricsListener> {
  try {
    return await listenForMetrics({ host: options.address, port: options.metricsPort, registry, readiness });
  } catch (error) {
    throw listenFailure(error, options);
  }
}

async function start(startServer: StartServer, shared: Shared, store: Store): Promise<ServerProcess> {
  const { options, host, logger, registry, readiness } = shared;
  const { dynamicConfig: config, namespaces, searchAttributes, ui } = options;
  const grpc = { host: options.address, port: options.port };
  const http = { host: options.address, port: options.httpPort };
  try {
    return await startServer({
      store,
      host,
      logger,
      metrics: registry,
      readiness,
      config,
      grpc,
      http,
      ui: ui && { ...ui, host: ui.address, assets: ui.assets ?? (await uiAssets()) },
      namespaces,
      retentionMs: RETENTION_MS,
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
