/**
 * A service of the Restate SDK, with its defaults, that makes itself known to the server.
 * usage: node service-process.ts FOLDER-WITH-THE-SDK PORT   (sends 'ready' to its parent when it serves)
 */
import process from 'node:process';
import { loadPeerPackage } from '../peer-package.ts';
import { PORT_OFFSETS, SERVICE } from './ports.ts';

interface Context {
  run(name: string, action: () => Promise<number>): Promise<number>;
}

interface Sdk {
  readonly workflow: (definition: { name: string; handlers: object }) => unknown;
  readonly serve: (options: { port: number; services: unknown[] }) => Promise<number>;
  readonly RestatePromise: { all(promises: readonly Promise<number>[]): Promise<number[]> };
}

const [folder = '', serverPort = ''] = process.argv.slice(2);
// Otherwise it logs each workflow twice, which is not what is to be measured.
process.env['RESTATE_LOGGING'] = 'ERROR';
const { workflow, serve, RestatePromise } = loadPeerPackage<Sdk>(folder, '@restatedev/restate-sdk');

async function echo(value: number): Promise<number> {
  return value;
}

const sequence = workflow({
  name: SERVICE.sequence,
  handlers: {
    run: async (context: Context, count: number): Promise<number> => {
      let sum = 0;
      for (let index = 0; index < count; index += 1) sum += await context.run('echo', () => echo(index));
      return sum;
    },
  },
});

const fanOut = workflow({
  name: SERVICE.fanOut,
  handlers: {
    run: async (context: Context, count: number): Promise<number> => {
      const echoes = Array.from({ length: count }, (_, index) => context.run('echo', () => echo(index)));
      return (await RestatePromise.all(echoes)).length;
    },
  },
});

const port = await serve({ port: Number(serverPort) + PORT_OFFSETS.service, services: [sequence, fanOut] });
const admin = `http://127.0.0.1:${Number(serverPort) + PORT_OFFSETS.admin}`;
const answer = await fetch(`${admin}/deployments`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ uri: `http://127.0.0.1:${port}`, force: true }),
});
if (!answer.ok) throw new Error(`Restate did not take the service: ${await answer.text()}`);
process.send?.('ready');
