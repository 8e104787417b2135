import {
  collectProcessMetrics,
  createLogger,
  createMetricsRegistry,
  createNodeHost,
  listenForMetrics,
  logFormatters,
  type Logger,
  type MetricsListener,
  type MetricsRegistry,
  type RunningServer,
  startServer,
} from '@perdure/server';
import { StoreError } from '@perdure/storage/error';
import { openSqliteStore } from '@perdure/storage-sqlite';
import { CommandError, type CommandContext } from '../command-line/command.ts';
import { versionText } from '../version.ts';
import { banner } from './banner.ts';
import { listenFailure } from './listen-failure.ts';
import { type DevServerOptions, devServerOptions, type StartDevParsed } from './options.ts';

/** How long requests that are being served may take once the end was asked for. */
const DRAIN_MS = 5_000;

/** Runs the server until it is interrupted, the time is up or it fails. Gives the exit code. */
export async function runDevServer(parsed: StartDevParsed, context: CommandContext): Promise<number> {
  const interrupted = new Promise<'interrupted'>((resolve) => {
    context.onInterrupt(() => resolve('interrupted'));
  });
  const options = devServerOptions(parsed, context);
  const host = createNodeHost();
  const logger = createLogger({
    level: parsed.given.has('log-level') ? parsed.flags['log-level'] : 'warn',
    format: logFormatters[parsed.flags['log-format']],
    now: () => host.now(),
    write: (line) => context.stderr.write(line),
  });
  for (const warning of options.warnings) logger.warn(warning);
  for (const note of options.notes) logger.info(note);
  if (parsed.flags['log-config']) context.stderr.write(`${configText(options)}\n`);
  const registry = createMetricsRegistry();
  collectProcessMetrics(registry, () => host.now());
  const metrics = await startMetrics(options, registry);
  try {
    const server = await openServer(options, host, logger, registry);
    if (parsed.flags.output === 'text') {
      const { address, file } = options;
      const ports = { port: server.grpcPort, metricsPort: metrics.port };
      context.stdout.write(banner({ version: versionText(), address, file, ...ports }));
    }
    return await serve(server, interrupted, parsed.flags['command-timeout'], context);
  } finally {
    await metrics.close();
  }
}
