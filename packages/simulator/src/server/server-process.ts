import type { Store } from '@perdure/storage';
import { StoreError } from '@perdure/storage';
import type { SimHost } from '../host/sim-host.ts';
import { Violation } from '../kernel/violation.ts';
import { MODEL_ATTRIBUTES } from '../model/commands.ts';
import type { Endpoint } from '../network/network.ts';
import {
  BatchWalker,
  clusterIdOf,
  Engine,
  HistoryReader,
  InProcessCaller,
  makeHandlers,
  Namespaces,
  OutstandingPolls,
  Tokens,
  WorkerRegistry,
  type DynamicConfig,
} from '@perdure/server/testing';

export interface ServerProcessOptions {
  readonly host: SimHost;
  readonly store: Store;
  readonly config: DynamicConfig;
  readonly namespaces: readonly string[];
  readonly shardCount: number;
  readonly retentionMs: number;
  readonly workflowsInMemoryMax: number;
  /** May put something between the engine and what calls it. */
  readonly wrapEngine: (engine: Engine) => Engine;
  /** Something happened that must not. */
  readonly fail: (error: unknown) => void;
  /** The server gives up. */
  readonly onExit: (why: string) => void;
}

/** One life of the server: the parts that `startServer` puts together, without its sockets. */
export class ServerProcess implements Endpoint {
  readonly host: SimHost;
  readonly engine: Engine;
  readonly caller: InProcessCaller;
  /** Ids of the namespaces by name. */
  readonly namespaceIds: ReadonlyMap<string, string>;
  /** Ends it in good order: what is being written is written, and the store is given back. */
  readonly stop: () => Promise<void>;

  private constructor(parts: Pick<ServerProcess, 'host' | 'engine' | 'caller' | 'namespaceIds' | 'stop'>) {
    this.host = parts.host;
    this.engine = parts.engine;
    this.caller = parts.caller;
    this.namespaceIds = parts.namespaceIds;
    this.stop = parts.stop;
  }

  get isAlive(): boolean {
    return this.host.isAlive;
  }

  /** Starts, as far as the store allows. Rejects where a real one would end with an error. */
  static async boot(options: ServerProcessOptions): Promise<ServerProcess> {
    const { host, store, config, shardCount } = options;
    const namespaces = await Namespaces.open({ store, host, limitsFor: (name) => config.limits(name) });
    const engine = options.wrapEngine(
      new Engine({
        host,
        store,
        namespaces,
        owner: host.uuid(),
        shardCount,
        workflowsInMemoryMax: options.workflowsInMemoryMax,
        onError: (message, error) => {
          if (!(error instanceof StoreError)) options.fail(new Violation(0, `${message}: ${textOf(error)}`));
        },
        onFatal: (error) => options.onExit(error.message),
      }),
    );
    const tokens = await Tokens.open(store, host);
    const clusterId = await clusterIdOf(store, host);
    const namespaceIds = new Map<string, string>();
    for (const name of options.namespaces) {
      const { id } = await namespaces.ensure({ name, retentionMs: options.retentionMs });
      namespaceIds.set(name, id);
      await namespaces.addSearchAttributes(id, MODEL_ATTRIBUTES);
    }
    await engine.start();
    const onError = (message: string, error: unknown): void => {
      if (!(error instanceof StoreError)) options.fail(new Violation(0, `${message}: ${textOf(error)}`));
    };
    const batches = new BatchWalker({ host, store, engine, namespaces, config, onError });
    const handlers = makeHandlers({
      engine,
      store,
      host,
      namespaces,
      config,
      tokens,
      history: new HistoryReader(store),
      polls: new OutstandingPolls(),
      workers: new WorkerRegistry(
        () => host.now(),
        () => config.get('matching.workerRegistryEntryTTL'),
      ),
      batches,
      cluster: { clusterId, clusterName: 'simulated', shardCount },
    });
    batches.start(handlers);
    const stop = async (): Promise<void> => {
      batches.stop();
      await engine.stop();
      await store.close();
    };
    return new ServerProcess({ host, engine, caller: new InProcessCaller(handlers), namespaceIds, stop });
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
