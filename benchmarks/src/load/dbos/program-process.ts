/**
 * A program on the DBOS library, with its defaults: client and worker in one process, as its users have it.
 * usage: node program-process.ts FOLDER-WITH-THE-LIBRARY DATABASE-URL   (see carry-out.ts)
 */
import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { carryOutOrders } from '../carry-out.ts';
import { loadPeerPackage } from '../peer-package.ts';

type Workflow = (count: number) => Promise<number>;

interface Library {
  readonly DBOS: {
    setConfig(config: { name: string; systemDatabaseUrl: string; logLevel: string }): void;
    launch(): Promise<void>;
    registerWorkflow(run: Workflow, options: { name: string }): Workflow;
    startWorkflow(
      workflow: Workflow,
      options: { workflowID: string },
    ): (count: number) => Promise<{ getResult(): Promise<number> }>;
    runStep(step: () => Promise<number>, options: { name: string }): Promise<number>;
  };
}

const [folder = '', systemDatabaseUrl = ''] = process.argv.slice(2);
// What its database driver has to say about it is not for who reads the table.
process.noDeprecation = true;
const { DBOS } = loadPeerPackage<Library>(folder, '@dbos-inc/dbos-sdk');

async function echo(value: number): Promise<number> {
  return value;
}

async function runSequence(count: number): Promise<number> {
  let sum = 0;
  for (let index = 0; index < count; index += 1) sum += await DBOS.runStep(() => echo(index), { name: 'echo' });
  return sum;
}

async function runFanOut(count: number): Promise<number> {
  const echoes = Array.from({ length: count }, (_, index) => DBOS.runStep(() => echo(index), { name: 'echo' }));
  return (await Promise.all(echoes)).length;
}

DBOS.setConfig({ name: 'perdure-bench', systemDatabaseUrl, logLevel: 'error' });
const workflows = {
  sequence: DBOS.registerWorkflow(runSequence, { name: 'sequence' }),
  fanOut: DBOS.registerWorkflow(runFanOut, { name: 'fanOut' }),
};
await DBOS.launch();

carryOutOrders(async (name, activities) => {
  const handle = await DBOS.startWorkflow(workflows[name], { workflowID: randomUUID() })(activities);
  await handle.getResult();
});
