import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url));

/** A server that does not serve by then will not; on a busy machine its code alone takes seconds to load. */
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;

/**
 * A server of this repository in a process of its own: `words` are what follows `perdure server`. Resolves once
 * `isServing` says so; fails with what the server printed.
 */
export async function launchServer(words: readonly string[], isServing: () => Promise<boolean>): Promise<ChildProcess> {
  const child = spawn(process.execPath, [CLI, 'server', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
  }
  const deadlineMs = Date.now() + READY_TIMEOUT_MS;
  while (!(await isServing())) {
    if (child.exitCode === null && Date.now() < deadlineMs) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      continue;
    }
    child.kill('SIGKILL');
    throw new Error(`the server does not serve (${words.join(' ')}):\n${output.join('')}`);
  }
  return child;
}

/** Asks it to end and waits until it has; one that does not is killed. */
export async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(force);
}

/** Ports that nobody has: all are held until the last one is known, so that no two are the same. */
export async function freePorts(count: number): Promise<number[]> {
  const probes = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(probes.map((probe) => once(probe, 'listening')));
  const ports = probes.map((probe) => (probe.address() as AddressInfo).port);
  for (const probe of probes) probe.close();
  await Promise.all(probes.map((probe) => once(probe, 'close')));
  return ports;
}
