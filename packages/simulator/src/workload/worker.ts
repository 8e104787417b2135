import type { PollActivityTaskQueueResponse, PollWorkflowTaskQueueResponse } from '@perdure/proto/types';
import type { Heartbeats } from '../checkers/heartbeats.ts';
import { ActivityTaskRunner } from './activity-task-runner.ts';
import { Actor, type Stage } from './actor.ts';
import type { WorkerHabits } from './worker-habits.ts';
import { BINARIES, holdsTask, type WorkerTools } from './worker-tools.ts';
import { WorkflowTaskRunner } from './workflow-task-runner.ts';

/** What a worker is started with. */
export interface WorkerOptions {
  readonly namespace: string;
  readonly queue: string;
  /** How it behaves at this moment. */
  readonly habits: () => WorkerHabits;
  readonly heartbeats: Heartbeats;
  /** False once its namespace has been deleted. */
  readonly isWanted: () => boolean;
  /** Called when it dies, by itself or by others. */
  readonly onDeath: () => void;
}

/** Polls wait at the server for up to a minute. */
const POLL = { timeoutMs: 70_000, poll: true } as const;

/** How many workers leave by themselves, and when at the latest. */
const LEAVES = 0.4;
const STAYS_MAX_MS = 30_000;

/** A worker process: it polls one queue for workflow tasks and for activities, and keeps workflows in a cache. */
export class Worker extends Actor {
  readonly namespace: string;
  readonly queue: string;
  readonly #options: WorkerOptions;
  readonly #binaryChecksum: string;
  readonly #workflows: WorkflowTaskRunner;
  readonly #activities: ActivityTaskRunner;
  #leaving = false;

  constructor(stage: Stage, name: string, options: WorkerOptions) {
    super(stage, name);
    this.namespace = options.namespace;
    this.queue = options.queue;
    this.#options = options;
    this.#binaryChecksum = this.random.fork(`${name}/binary`).pick(BINARIES);
    const tools: WorkerTools = {
      identity: name,
      binaryChecksum: this.#binaryChecksum,
      namespace: options.namespace,
      queue: options.queue,
      stickyQueue: `${options.queue}-${name}`,
      random: this.random,
      habits: options.habits,
      sleep: (delayMs: number) => this.sleep(delayMs),
      call: (method, request, callOptions) => this.call(method, request, callOptions),
      persist: (method, request, callOptions) => this.persist(method, request, callOptions),
      spawn: (work: () => Promise<void>) => this.spawn(work),
      die: () => this.die(),
    };
    this.#activities = new ActivityTaskRunner(tools, options.heartbeats);
    this.#workflows = new WorkflowTaskRunner(tools, (task) => this.takeActivity(task));
  }

  /** Begins to poll. */
  start(): void {
    this.spawn(() => this.#pollWorkflows(false));
    this.spawn(() => this.#pollWorkflows(true));
    this.spawn(() => this.#pollActivities());
    if (this.random.chance(0.5)) this.spawn(() => this.#pollActivities());
    if (this.random.chance(LEAVES)) this.spawn(() => this.#leave());
  }

  /** Says farewell, finishes some of what it has at hand, and goes. */
  async #leave(): Promise<void> {
    await this.sleep(this.random.int(1_000, STAYS_MAX_MS));
    this.#leaving = true;
    const { namespace, name: identity } = this;
    await this.call('ShutdownWorker', { namespace, identity, stickyTaskQueue: this.#workflows.stickyTaskQueue.name });
    await this.sleep(this.random.int(0, 2_000));
    this.die();
  }

  get #stays(): boolean {
    return !this.#leaving && this.#options.isWanted();
  }

  override die(): void {
    if (!this.isAlive) return;
    super.die();
    this.#options.onDeath();
  }

  /** Takes a workflow task that came with another reply. */
  takeWorkflow(task: PollWorkflowTaskQueueResponse): void {
    this.spawn(() => this.#workflows.run(task));
  }

  takeActivity(task: PollActivityTaskQueueResponse): void {
    this.spawn(() => this.#activities.run(task));
  }

  async #pollWorkflows(sticky: boolean): Promise<void> {
    const { namespace, queue } = this;
    const taskQueue = sticky ? this.#workflows.stickyTaskQueue : { name: queue };
    while (this.#stays) {
      const request = { namespace, taskQueue, identity: this.name, binaryChecksum: this.#binaryChecksum };
      const outcome = await this.call('PollWorkflowTaskQueue', request, POLL);
      if (outcome.kind !== 'reply') await this.sleep(this.random.int(10, 400));
      else if (holdsTask(outcome.message)) await this.#workflows.run(outcome.message);
    }
  }

  async #pollActivities(): Promise<void> {
    const { namespace } = this;
    const taskQueue = { name: this.queue };
    while (this.#stays) {
      const outcome = await this.call('PollActivityTaskQueue', { namespace, taskQueue, identity: this.name }, POLL);
      if (outcome.kind !== 'reply') await this.sleep(this.random.int(10, 400));
      else if (holdsTask(outcome.message)) this.takeActivity(outcome.message);
    }
  }
}
