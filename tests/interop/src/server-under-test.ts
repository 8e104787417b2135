import { Connection } from '@temporalio/client';
import { freePort } from './ports.ts';
import { ServerProcess } from './server-process.ts';

/** A server that the programs run against. `stop` ends it if this process started it, and does nothing otherwise. */
export type ServerUnderTest = { readonly address: string; stop(): Promise<void> };

/** True when PERDURE_TEST_SERVER says that the server at PERDURE_TEST_ADDRESS is Temporal's own. */
export const IS_TEMPORAL = process.env['PERDURE_TEST_SERVER'] === 'temporal';

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
  const address = `127.0.0.1:${String(port)}`;
  const server = new ServerProcess(['start-dev', '--headless', '--port', String(port), ...flags]);
  await server.whenServing(() => answers(address));
  return { address, stop: async () => void (await server.stop()) };
}

async function answers(address: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: '2s' });
    await connection.close();
    return true;
  } catch {
    return false;
  }
}
