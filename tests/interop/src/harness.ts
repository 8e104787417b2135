import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import type { WorkflowHandleWithFirstExecutionRunId, WorkflowOptions } from '@temporalio/client';
import type { Workflow, WorkflowResultType } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { WorkerOptions, WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { createActivities } from './activities.ts';
import { Journal } from './journal.ts';
import { startServer } from './server-under-test.ts';

/** The workflow code of all programs, for a worker in another process. */
export const WORKFLOWS_PATH = fileURLToPath(new URL('./workflows/index.ts', import.meta.url));

/** A worker that polls until `stop`, which resolves after a graceful shutdown. */
export type RunningWorker = { readonly worker: Worker; stop(): Promise<void> };

type StartOptions = Omit<Partial<WorkflowOptions>, 'args' | 'taskQueue'>;

/** Connections and workflow code shared by the tests of one process; each test plays in a scene of its own. */
export class Suite {
  readonly address: string;
  readonly connection: Connection;
  readonly native: NativeConnection;
  readonly client: Client;
  readonly bundle: WorkflowBundleWithSourceMap;
  readonly #stopServer: () => Promise<void>;

  private constructor(parts: Pick<Suite, 'address' | 'connection' | 'native' | 'bundle'>, stop: () => Promise<void>) {
    this.address = parts.address;
    this.connection = parts.connection;
    this.native = parts.native;
    this.bundle = parts.bundle;
    this.client = new Client({ connection: parts.connection });
    this.#stopServer = stop;
  }

  static async open(): Promise<Suite> {
    const server = await startServer();
    try {
      Runtime.install({
        logger: new DefaultLogger('ERROR'),
        telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
        shutdownSignals: [],
      });
      const { address } = server;
      const bundle = await bundleWorkflowCode({ workflowsPath: WORKFLOWS_PATH, logger: new DefaultLogger('ERROR') });
      const connection = await Connection.connect({ address });
      const native = await NativeConnection.connect({ address });
      return new Suite({ address, connection, native, bundle }, () => server.stop());
    } catch (error) {
      await server.stop();
      await Runtime.instance().shutdown();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.native.close();
    await this.connection.close();
    await this.#stopServer();
    await Runtime.instance().shutdown();
  }

  /** A task queue and a worker of the test's own. The worker is stopped when the scene is disposed of. */
  async scene(name: string, options: Partial<WorkerOptions> = {}): Promise<Scene> {
    const scene = this.sceneWithoutWorker(name);
    await scene.startWorker(options);
    return scene;
  }

  sceneWithoutWorker(name: string): Scene {
    return new Scene(this, name);
  }
}

/** One test's task queue, journal, activities, workers and workflows. */
export class Scene implements AsyncDisposable {
  readonly suite: Suite;
  readonly client: Client;
  readonly taskQueue: string;
  readonly journal = new Journal();
  readonly activities = createActivities(this.journal);
  readonly workers: RunningWorker[] = [];
  readonly #connections: NativeConnection[] = [];

  constructor(suite: Suite, name: string) {
    this.suite = suite;
    this.client = suite.client;
    this.taskQueue = `${name.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}-${randomUUID().slice(0, 8)}`;
  }

  /** A workflow id that no other test uses. */
  id(suffix: string = randomUUID().slice(0, 8)): string {
    return `${this.taskQueue}/${suffix}`;
  }

  /** A worker on the scene's task queue, with the scene's activities unless `options` say otherwise. */
  async startWorker(options: Partial<WorkerOptions> = {}): Promise<RunningWorker> {
    const worker = await Worker.create({
      connection: await this.#connectionForWorker(),
      taskQueue: this.taskQueue,
      workflowBundle: this.suite.bundle,
      activities: this.activities,
      defaultHeartbeatThrottleInterval: '50ms',
      maxHeartbeatThrottleInterval: '50ms',
      ...options,
    });
    const finished = worker.run();
    finished.catch(() => undefined);
    const stop = async (): Promise<void> => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await finished;
    };
    const running = { worker, stop };
    this.workers.push(running);
    return running;
  }

  async start<T extends Workflow>(
    workflow: T,
    args: Parameters<T>,
    options: StartOptions = {},
  ): Promise<WorkflowHandleWithFirstExecutionRunId<T>> {
    const { workflowId = this.id(), ...rest } = options;
    const all = { taskQueue: this.taskQueue, workflowId, args, ...rest } as WorkflowOptions;
    return await this.client.workflow.start<Workflow>(workflow, all);
  }

  async execute<T extends Workflow>(
    workflow: T,
    args: Parameters<T>,
    options: StartOptions = {},
  ): Promise<WorkflowResultType<T>> {
    const handle = await this.start(workflow, args, options);
    return (await handle.result()) as WorkflowResultType<T>;
  }

  /** The SDK lets a task queue have one worker a connection. */
  async #connectionForWorker(): Promise<NativeConnection> {
    if (this.workers.length === 0) return this.suite.native;
    const connection = await NativeConnection.connect({ address: this.suite.address });
    this.#connections.push(connection);
    return connection;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()));
    await Promise.all(this.#connections.map((connection) => connection.close()));
  }
}
