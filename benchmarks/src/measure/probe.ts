import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import { NAMESPACE, TASK_QUEUE } from '../load/temporal/wire.ts';

/** Calls of users are made while the server has other work, one after the other, with this between two of them. */
const PAUSE_MS = 50;

/** What somebody else notices of a server that is at work: how long a start takes meanwhile. */
export class Probe {
  readonly #connection: Connection;
  readonly #timesMs: number[] = [];
  #ended = false;
  readonly #running: Promise<void>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#running = this.#run();
  }

  /** The median of the starts so far, in milliseconds; no more are made. */
  async end(): Promise<number | undefined> {
    this.#ended = true;
    await this.#running;
    return this.#timesMs.sort((a, b) => a - b)[Math.floor(this.#timesMs.length / 2)];
  }

  async #run(): Promise<void> {
    while (!this.#ended) {
      const askedAtMs = performance.now();
      await startWorkflow(this.#connection, 'Other', `other-${this.#timesMs.length}`);
      this.#timesMs.push(performance.now() - askedAtMs);
      await delay(PAUSE_MS);
    }
  }
}

export async function startWorkflow({ workflowService }: Connection, type: string, workflowId: string): Promise<void> {
  await workflowService.startWorkflowExecution({
    namespace: NAMESPACE,
    workflowId,
    requestId: workflowId,
    workflowType: { name: type },
    taskQueue: { name: TASK_QUEUE },
  });
}
