import type { Host, Logger } from '@perdure/server';
import { StoreError } from '@perdure/storage/error';
import { CommandError, type CommandContext } from '../command-line/command.ts';
import type { ServerProcess } from './server-contract.ts';
import { spareMemory } from './spare-memory.ts';

export interface ServeOptions {
  readonly host: Host;
  readonly logger: Logger;
  /** `--command-timeout`; 0 is none. */
  readonly timeoutMs: number;
  /** How long the server serves on after it was asked to end, so that load balancers notice. */
  readonly announceMs: number;
  /** How long requests that are being served may take then. */
  readonly drainMs: number;
}

/**
 * Waits for the end of a running server, and brings it about: interrupted or out of time it drains and gives 0; a second
 * interrupt ends the process at once. A server that fails is a `CommandError`.
 */
export async function serve(server: ServerProcess, options: ServeOptions, context: CommandContext): Promise<number> {
  const stopSparing = spareMemory();
  const end = await Promise.race([asked(options, context), server.failed]);
  stopSparing();
  if (end === 'asked') {
    server.announceDrain();
    if (options.announceMs > 0) await sleep(options.host, options.announceMs);
    await server.stop(options.drainMs);
    return 0;
  }
  // What is broken is not drained, and may not keep the process.
  await server.stop(0).catch((error: unknown) => options.logger.debug(`stopping failed: ${String(error)}`));
  const reason = end instanceof StoreError ? end.message : (end.stack ?? end.message);
  throw new CommandError(`the server has failed and stopped: ${reason}`, { cause: end });
}

function asked({ host, timeoutMs }: ServeOptions, context: CommandContext): Promise<'asked'> {
  return new Promise((resolve) => {
    const timer = timeoutMs > 0 ? host.setTimer(host.now() + timeoutMs, () => resolve('asked')) : undefined;
    let interrupts = 0;
    context.onInterrupt(() => {
      interrupts += 1;
      if (interrupts > 1) context.exit(1);
      timer?.cancel();
      resolve('asked');
    });
  });
}

function sleep(host: Host, delayMs: number): Promise<void> {
  return new Promise((resolve) => void host.setTimer(host.now() + delayMs, resolve));
}
