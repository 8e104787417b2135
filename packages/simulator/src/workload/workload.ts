import type { CallbackRules } from '../checkers/callback-rules.ts';
import type { Heartbeats } from '../checkers/heartbeats.ts';
import type { Settings } from '../settings.ts';
import type { Stage } from './actor.ts';
import { CLIENT_KINDS } from './clients/client-kinds.ts';
import type { Client, ClientContext } from './clients/client.ts';
import { Facts } from './facts.ts';
import { GOOD_HABITS, type WorkerHabits } from './worker-habits.ts';
import { Worker } from './worker.ts';

/** All clients and workers of one run. */
export class Workload {
  readonly facts = new Facts();
  readonly #stage: Stage;
  readonly #settings: Settings;
  readonly #heartbeats: Heartbeats;
  readonly #callbacks: CallbackRules;
  readonly #isDeleted: (namespace: string) => boolean;
  readonly #workers = new Set<Worker>();
  #habits: WorkerHabits;
  #over = false;
  #workerCount = 0;

  constructor(
    stage: Stage,
    settings: Settings,
    heartbeats: Heartbeats,
    callbacks: CallbackRules,
    isDeleted: (namespace: string) => boolean,
  ) {
    this.#isDeleted = isDeleted;
    this.#callbacks = callbacks;
    this.#stage = stage;
    this.#settings = settings;
    this.#heartbeats = heartbeats;
    this.#habits = settings.faults.habits;
  }

  get isOver(): boolean {
    return this.#over;
  }

  start(): void {
    const { namespaces, queues, workersEach } = this.#settings;
    for (const namespace of namespaces) {
      for (const queue of queues) for (let index = 0; index < workersEach; index++) this.#startWorker(namespace, queue);
    }
    for (const client of this.#makeClients()) client.start();
  }

  /** From now on no client begins anything new, and workers behave. */
  calmDown(): void {
    this.#over = true;
    this.#habits = GOOD_HABITS;
  }

  #makeClients(): Client[] {
    const { namespaces, doomed, queues, workflowIds, longTimers } = this.#settings;
    const context: ClientContext = {
      namespaces,
      doomed,
      queues,
      workflowIds,
      longTimers,
      facts: this.facts,
      isOver: () => this.#over,
      onCallback: (runId, url) => this.#callbacks.promise(runId, url),
      hasWorker: (namespace, queue) => this.#findWorker(namespace, queue) !== undefined,
      onEagerStart: ({ namespace = '', taskQueue }, { eagerWorkflowTask }) => {
        const worker = this.#findWorker(namespace, taskQueue?.name ?? '');
        if (eagerWorkflowTask !== undefined) worker?.takeWorkflow(eagerWorkflowTask);
      },
    };
    const random = this.#stage.random.fork('clients');
    const kinds = CLIENT_KINDS.filter(({ share }) => random.chance(share));
    return kinds.flatMap(({ name, count, make: Kind }) =>
      Array.from(
        { length: count },
        (_, index) => new Kind(this.#stage, count === 1 ? name : `${name}-${index + 1}`, context),
      ),
    );
  }

  #findWorker(namespace: string, queue: string): Worker | undefined {
    return [...this.#workers].find((worker) => worker.namespace === namespace && worker.queue === queue);
  }

  /** A worker that dies is followed by another one, with another name and an empty cache, while there is work for it. */
  #startWorker(namespace: string, queue: string): void {
    if (this.#isDeleted(namespace)) return;
    this.#workerCount += 1;
    const worker: Worker = new Worker(this.#stage, `worker-${this.#workerCount}`, {
      namespace,
      queue,
      habits: () => this.#habits,
      isWanted: () => !this.#isDeleted(namespace),
      heartbeats: this.#heartbeats,
      onDeath: () => {
        this.#workers.delete(worker);
        this.#stage.scheduler.after(this.#stage.random.int(0, 2_000), () => this.#startWorker(namespace, queue));
      },
    });
    this.#workers.add(worker);
    worker.start();
  }
}
