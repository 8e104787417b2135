/**
 * A client that opens many polls and is then killed.
 * usage: node poll-process.ts ADDRESS TASK_QUEUE COUNT   (sends 'polling' to its parent once they are all on their way)
 */
import process from 'node:process';
import { RawClient } from './raw-client.ts';

const [, , address, taskQueue, count] = process.argv;
if (address === undefined || taskQueue === undefined) throw new Error('three arguments needed');

const raw = new RawClient(address);
for (let index = 0; index < Number(count); index += 1) {
  const rpc = index % 2 === 0 ? 'PollWorkflowTaskQueue' : 'PollActivityTaskQueue';
  const request = { namespace: 'default', taskQueue: { name: taskQueue }, identity: 'a client that vanishes' };
  raw.callWithDeadline(rpc, request, 60_000).catch(() => undefined);
}
// The calls above are written in order on one connection; when this one is answered, the server has them all.
await raw.call('GetSystemInfo', {});
process.send?.('polling');
