import type { Store } from '@perdure/storage';
import { BatchWalker } from './batches/batch-walker.ts';
import type { DynamicConfig } from './config/dynamic-config.ts';
import { Engine, type EngineOptions } from './engine/engine.ts';
import { HistoryReader } from './engine/history-reader.ts';
import type { Host } from './host/host.ts';
import { Namespaces } from './namespaces/namespaces.ts';
import { NamespaceReclaimer } from './namespaces/reclaimer.ts';
import { clusterIdOf } from './rpc/cluster-id.ts';
import type { HandlerTable } from './rpc/handler.ts';
import { makeHandlers } from './rpc/make-handlers.ts';
import { OutstandingPolls } from './rpc/outstanding-polls.ts';
import { Tokens } from './rpc/tokens.ts';
import { WorkerRegistry } from './workers/worker-registry.ts';

export interface BackendOptions extends Pick<
  EngineOptions,
  'shardCount' | 'workflowsInMemoryMax' | 'onError' | 'onWarning' | 'onFatal'
> {
  /** Closed when the backend has stopped; one that could not start leaves it to its caller. */
  readonly store: Store;
  readonly host: Host;
  readonly config: DynamicConfig;
  readonly clusterName: string;
  /** Makes the namespaces that are there from the start, before any workflow is read. */
  readonly prepare: (namespaces: Namespaces) => Promise<void>;
}

/** A server on a store, all but its sockets: what a process serves, the simulator runs and tests call. */
export interface Backend {
  readonly namespaces: Namespaces;
  readonly engine: Engine;
  /** Everything that is served, for whoever asks. */
  readonly handlers: HandlerTable;
  /** Begins nothing more by itself; what is asked for is served still. */
  readonly rest: () => void;
  /** Waits for the commit under way and closes the store; what comes then is refused. */
  readonly stop: () => Promise<void>;
}

/** Takes over what was under way in a store. Rejects with what stands in the way. */
export async function startBackend(options: BackendOptions): Promise<Backend> {
  const { store, host, config, shardCount, clusterName, prepare, onError } = options;
  const namespaces = await Namespaces.open({ store, host, limitsFor: (name) => config.limits(name) });
  const engine = makeEngine(options, namespaces);
  const tokens = await Tokens.open(store, host);
  const clusterId = await clusterIdOf(store, host);
  await prepare(namespaces);
  await engine.start();
  const reclaimer = new NamespaceReclaimer({ host, store, engine, namespaces, onError });
  const batches = new BatchWalker({ host, store, engine, namespaces, config, onError });
  const workersKnownForMs = () => config.get('matching.workerRegistryEntryTTL');
  const handlers = makeHandlers({
    engine,
    store,
    host,
    namespaces,
    config,
    tokens,
    history: new HistoryReader(store),
    polls: new OutstandingPolls(),
    workers: new WorkerRegistry(() => host.now(), workersKnownForMs),
    batches,
    cluster: { clusterId, clusterName, shardCount },
  });
  reclaimer.start();
  batches.start(handlers);
  const rest = (): void => {
    reclaimer.stop();
    batches.stop();
  };
  const stop = async (): Promise<void> => {
    rest();
    await engine.stop();
    await store.close();
  };
  return { namespaces, engine, handlers, rest, stop };
}

function makeEngine(options: BackendOptions, namespaces: Namespaces): Engine {
  const { store, host, config, shardCount, workflowsInMemoryMax, onError, onWarning, onFatal } = options;
  return new Engine({
    host,
    store,
    namespaces,
    owner: host.uuid(),
    shardCount,
    workflowsInMemoryMax,
    scheduledStartsPerSecond: (id) =>
      config.get('worker.schedulerNamespaceStartWorkflowRPS', { namespace: namespaces.view(id).name }),
    onError,
    ...(onWarning && { onWarning }),
    onFatal,
  });
}
