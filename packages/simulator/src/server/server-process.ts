import type { Store } from '@perdure/storage';
import { StoreError } from '@perdure/storage';
import type { SimHost } from '../host/sim-host.ts';
import { Violation } from '../kernel/violation.ts';
import { MODEL_ATTRIBUTES } from '../model/commands.ts';
import type { Endpoint } from '../network/network.ts';
import { InProcessCaller, startBackend, type DynamicConfig, type Engine } from '@perdure/server/testing';

export interface ServerProcessOptions {
  readonly host: SimHost;
  readonly store: Store;
  readonly config: DynamicConfig;
  readonly namespaces: readonly string[];
  /** Whether a namespace has been deleted, and is not to be made once more. */
  readonly isDeleted: (name: string) => boolean;
  readonly shardCount: number;
  readonly retentionMs: number;
  readonly workflowsInMemoryMax: number;
  /** May put something between the engine and what calls it. */
  readonly tamper: (engine: Engine) => void;
  /** Something happened that must not. */
  readonly fail: (error: unknown) => void;
  /** The server gives up. */
  readonly onExit: (why: string) => void;
}

/** One life of the server, which is all of a real one but its sockets. */
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
    const namespaceIds = new Map<string, string>();
    const { host, store, config, shardCount, workflowsInMemoryMax, retentionMs } = options;
    const { engine, handlers, stop } = await startBackend({
      host,
      store,
      config,
      shardCount,
      clusterName: 'simulated',
      workflowsInMemoryMax,
      prepare: async (namespaces) => {
        for (const name of options.namespaces) {
          if (options.isDeleted(name)) continue;
          const { id } = await namespaces.ensure({ name, retentionMs });
          namespaceIds.set(name, id);
          await namespaces.addSearchAttributes(id, MODEL_ATTRIBUTES);
        }
      },
      onError: (message, error) => {
        if (!(error instanceof StoreError)) options.fail(new Violation(0, `${message}: ${textOf(error)}`));
      },
      onFatal: (error) => options.onExit(error.message),
    });
    options.tamper(engine);
    return new ServerProcess({ host, engine, caller: new InProcessCaller(handlers), namespaceIds, stop });
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
