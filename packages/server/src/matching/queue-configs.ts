import { messageType } from '@perdure/proto';
import type { TaskQueueConfig } from '@perdure/proto/types';
import type { QueueKey, Store } from '@perdure/storage';

/** The store's registry that holds what people have set for task queues. */
const REGISTRY = 'task-queues';

/** How often a write is tried again that another process has overtaken. */
const ATTEMPTS_MAX = 5;

/** The protocol's own message is the stored form. */
const stored = messageType('temporal.api.taskqueue.v1.TaskQueueConfig');

/** Another config, or why there is none. */
export type ChangedConfig<Refusal> = { readonly config: TaskQueueConfig } | { readonly refusal: Refusal };

export type ConfigChange<Refusal> = (config: TaskQueueConfig) => ChangedConfig<Refusal>;

interface Entry {
  readonly config: TaskQueueConfig;
  readonly version: number;
}

/** What UpdateTaskQueueConfig has set, kept in memory; each change is durable before it shows. */
export class QueueConfigs {
  readonly #store: Store;
  readonly #entries = new Map<string, Entry>();
  /** Changes wait for one another. */
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(store: Store) {
    this.#store = store;
  }

  async load(): Promise<void> {
    for (const { id, version, body } of await this.#store.readRegistry(REGISTRY)) {
      this.#entries.set(id, { config: stored.decode(body), version });
    }
  }

  get(key: QueueKey): TaskQueueConfig | undefined {
    return this.#entries.get(idOf(key))?.config;
  }

  /** Makes another config of the one that is there, unless `change` refuses. Undefined if others keep changing it. */
  update<Refusal>(key: QueueKey, change: ConfigChange<Refusal>): Promise<ChangedConfig<Refusal> | undefined> {
    const result = this.#lastChange.then(async () => {
      for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        const changed = change(this.get(key) ?? {});
        if ('refusal' in changed || (await this.#write(idOf(key), changed.config))) return changed;
        await this.load();
      }
      return undefined;
    });
    this.#lastChange = result.catch(() => undefined);
    return result;
  }

  async #write(id: string, config: TaskQueueConfig): Promise<boolean> {
    const expectedVersion = this.#entries.get(id)?.version ?? 0;
    const body = stored.encode(config);
    const done = await this.#store.writeRegistry({ registry: REGISTRY, id, expectedVersion, body });
    if (done) this.#entries.set(id, { config, version: expectedVersion + 1 });
    return done;
  }
}

function idOf({ namespaceId, kind, name }: QueueKey): string {
  return `${namespaceId}/${kind}/${name}`;
}
