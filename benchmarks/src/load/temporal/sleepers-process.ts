/**
 * Starts workflows that sleep for a year, over the raw service: what is measured is the server that keeps them.
 * usage: node sleepers-process.ts ADDRESS   (sends 'ready', then answers {count} with {elapsedMs})
 */
import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import protobuf from '@temporalio/proto';
import { durationOf, NAMESPACE } from './wire.ts';

const QUEUE = 'sleepers';
const YEAR_MS = 365 * 24 * 3_600_000;
const STARTERS = 32;
const POLLERS = 16;
const POLL_DEADLINE_MS = 30_000;
/** The gRPC status of a task that is no longer open. */
const NOT_FOUND = 5;

const sleep = {
  commandType: protobuf.temporal.api.enums.v1.CommandType.COMMAND_TYPE_START_TIMER,
  startTimerCommandAttributes: { timerId: '1', startToFireTimeout: durationOf(YEAR_MS) },
};

const connection = await Connection.connect({ address: process.argv[2] ?? '' });
const service = connection.workflowService;

async function putToSleep(count: number): Promise<{ elapsedMs: number }> {
  const startedAtMs = performance.now();
  let unstarted = count;
  let awake = count;
  const start = async (): Promise<void> => {
    while (unstarted > 0) {
      unstarted -= 1;
      await service.startWorkflowExecution({
        namespace: NAMESPACE,
        workflowId: randomUUID(),
        workflowType: { name: 'sleeper' },
        taskQueue: { name: QUEUE },
        requestId: randomUUID(),
      });
    }
  };
  const work = async (signal: AbortSignal, end: () => void): Promise<void> => {
    while (awake > 0 && !signal.aborted) {
      const request = { namespace: NAMESPACE, taskQueue: { name: QUEUE } };
      const call = () => connection.withAbortSignal(signal, () => service.pollWorkflowTaskQueue(request));
      const task = await connection.withDeadline(Date.now() + POLL_DEADLINE_MS, call).catch(() => undefined);
      if (task === undefined || task.taskToken.length === 0) continue;
      const { taskToken } = task;
      const done = await service
        .respondWorkflowTaskCompleted({ namespace: NAMESPACE, taskToken, commands: [sleep] })
        .catch(timedOut);
      if (done === undefined) continue;
      awake -= 1;
      if (awake === 0) end();
    }
  };
  const ends = new AbortController();
  const workers = Array.from({ length: POLLERS }, () => work(ends.signal, () => ends.abort()));
  await Promise.all([...Array.from({ length: STARTERS }, start), ...workers]);
  return { elapsedMs: performance.now() - startedAtMs };
}

/** On a busy machine a task may take so long that it is handed out again. */
function timedOut(error: unknown): undefined {
  if (isGrpcServiceError(error) && error.code === NOT_FOUND) return undefined;
  throw error;
}

process.on('message', ({ count }: { count: number }) => {
  putToSleep(count).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.send?.('ready');
