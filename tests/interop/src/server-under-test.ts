import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';

/** A server that the programs run against. `stop` ends it if this process started it, and does nothing otherwise. */
export type ServerUnderTest = { readonly address: string; stop(): Promise<void> };

const CLI = fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url));

/** True when PERDURE_TEST_SERVER says that the server at PERDURE_TEST_ADDRESS is Temporal's own. */
export const IS_TEMPORAL = process.env['PERDURE_TEST_SERVER'] === 'temporal';

const READY_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 5_000;

/**
 * The server named by PERDURE_TEST_ADDRESS (`host:port`, with the namespace `default`), or else a development server
 * of this repository, in memory, on a free port of the loopback interface, with `flags` of `server start-dev`.
 */
export async function startServer(flags: readonly string[] = []): Promise<ServerUnderTest> {
  const given = process.env['PERDURE_TEST_ADDRESS'];
  if (given !== undefined && given !== '') {
    return { address: given, stop: async () => undefined };
  }
  const port = await freePort();
  const command = [CLI, 'server', 'start-dev', '--headless', '--port', String(port), ...flags];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => output.push(text));
  const address = `127.0.0.1:${String(port)}`;
  try {
    await ready(address, child);
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`the server did not start serving on ${address}:\n${output.join('')}`, { cause: error });
  }
  return { address, stop: () => stop(child) };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function ready(address: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: '2s' });
      await connection.close();
      return;
    } catch (error) {
      if (child.exitCode !== null || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(force);
}
