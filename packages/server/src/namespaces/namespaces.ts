import {
  isRejection,
  reject,
  type CustomAttributes,
  type Limits,
  type NamespaceView,
  type Rejection,
} from '@perdure/core';
import { NamespaceState } from '@perdure/proto/enums';
import type { Store } from '@perdure/storage';
import type { NamespaceSource } from '../engine/context.ts';
import type { Host } from '../host/host.ts';
import { decode } from '../message-pack/decode.ts';
import { encode } from '../message-pack/encode.ts';
import { addAttributes, type AddedAttributes } from './custom-attributes.ts';
import {
  decodeNamespace,
  encodeNamespace,
  newNamespace,
  withAttributes,
  type Namespace,
  type NamespaceDraft,
} from './namespace.ts';

/** The store's registry that holds the namespaces, by id. */
export const REGISTRY = 'namespaces';

/** The registry of namespaces that have been deleted and hold something still, by id. */
const RECLAIMS = 'namespace-reclaims';

/** How often a write is tried again that another process has overtaken. */
const ATTEMPTS_MAX = 5;

export interface NamespacesOptions {
  readonly store: Store;
  readonly host: Host;
  /** Limits in force for a namespace, by name. Called for each transition: it must be cheap. */
  readonly limitsFor: (namespaceName: string) => Limits;
}

/** A namespace that has been deleted and waits to be reclaimed. */
export interface Reclaim {
  readonly namespace: Namespace;
  /** How long its name and settings are kept once it holds nothing. */
  readonly delayMs: number;
}

/** All namespaces, kept in memory; each change is durable before it shows. */
export class Namespaces implements NamespaceSource {
  readonly #options: NamespacesOptions;
  readonly #byId = new Map<string, Namespace>();
  readonly #byName = new Map<string, Namespace>();
  readonly #reclaims = new Map<string, { readonly delayMs: number; readonly version: number }>();
  #onReclaim: () => void = () => undefined;
  /** Changes wait for one another, so that a name is given once. */
  #lastChange: Promise<unknown> = Promise.resolve();

  private constructor(options: NamespacesOptions) {
    this.#options = options;
  }

  /** Reads the namespaces of a store. */
  static async open(options: NamespacesOptions): Promise<Namespaces> {
    const namespaces = new Namespaces(options);
    await namespaces.#reload();
    return namespaces;
  }

  byName(name: string): Namespace | undefined {
    return this.#byName.get(name);
  }

  byId(id: string): Namespace | undefined {
    return this.#byId.get(id);
  }

  /** In order of registration. */
  all(): readonly Namespace[] {
    return [...this.#byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  view(namespaceId: string): NamespaceView {
    return this.#byId.get(namespaceId) ?? { id: namespaceId, name: '' };
  }

  limits(namespaceId: string): Limits {
    return this.#options.limitsFor(this.view(namespaceId).name);
  }

  /** What is left of a namespace that is gone is not kept. */
  retentionMs(namespaceId: string): number {
    return this.#byId.get(namespaceId)?.retentionMs ?? 0;
  }

  /** Makes a namespace. Refused where the name is taken. */
  register(draft: NamespaceDraft): Promise<Namespace | Rejection> {
    return this.#change(async () => {
      for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        if (this.#byName.has(draft.name)) {
          return reject.namespaceAlreadyExists(`Namespace ${JSON.stringify(draft.name)} already exists`);
        }
        const written = await this.#write(newNamespace(draft.id ?? this.#options.host.uuid(), draft));
        if (written !== undefined) return written;
      }
      return reject.unavailable(`namespace ${draft.name} is being changed by others`);
    });
  }

  /** Makes a namespace unless there is one of that name: what a dev server does with its `default`. */
  async ensure(draft: NamespaceDraft): Promise<Namespace> {
    const made = this.byName(draft.name) ?? (await this.register(draft));
    if (!('kind' in made)) return made;
    const present = this.byName(draft.name);
    if (present === undefined) throw new Error(`namespace ${draft.name}: ${made.message}`);
    return present;
  }

  /**
   * Changes a namespace to what `change` makes of it as it is now, which may be called more than once. Given back
   * unchanged, it is not written.
   */
  update(namespaceId: string, change: (namespace: Namespace) => Namespace | Rejection): Promise<Namespace | Rejection> {
    return this.#change(async () => {
      for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        const namespace = this.#byId.get(namespaceId);
        if (namespace === undefined) return reject.namespaceNotFound(namespaceId);
        const changed = change(namespace);
        if (isRejection(changed) || changed === namespace) return changed;
        const written = await this.#write(changed);
        if (written !== undefined) return written;
      }
      return reject.unavailable(`namespace ${this.view(namespaceId).name} is being changed by others`);
    });
  }

  /** Registers search attributes; names that are known stay as they are. */
  addSearchAttributes(namespaceId: string, added: CustomAttributes): Promise<Namespace | Rejection> {
    return this.update(namespaceId, (namespace) => {
      const result = addAttributes(namespace.attributeFields, added);
      if (result.kind === 'full') return attributesFull(result);
      const isSame = Object.keys(result.fields).length === Object.keys(namespace.attributeFields).length;
      return isSame ? namespace : withAttributes(namespace, result.fields);
    });
  }

  /**
   * Deletes a namespace: it becomes what `form` makes of it, and waits to be reclaimed. The note that it does is written
   * first: one about a namespace that turns out not to be deleted says nothing.
   */
  async delete(
    namespaceId: string,
    delayMs: number,
    form: (namespace: Namespace) => Namespace,
  ): Promise<Namespace | Rejection> {
    const noted = await this.#change(() => this.#noteReclaim(namespaceId, delayMs));
    if (noted !== undefined) return noted;
    const deleted = await this.update(namespaceId, form);
    if (!isRejection(deleted)) this.#onReclaim();
    return deleted;
  }

  /** What waits to be reclaimed. */
  reclaims(): readonly Reclaim[] {
    return [...this.#reclaims].flatMap(([id, { delayMs }]) => {
      const namespace = this.#byId.get(id);
      return namespace?.state === NamespaceState.Deleted ? [{ namespace, delayMs }] : [];
    });
  }

  /** Told when something more waits to be reclaimed. */
  whenReclaim(callback: () => void): void {
    this.#onReclaim = callback;
  }

  /** Removes a deleted namespace, which holds nothing any more, for good. */
  remove(namespaceId: string): Promise<void> {
    return this.#change(async () => {
      const { store } = this.#options;
      const namespace = this.#byId.get(namespaceId);
      const reclaim = this.#reclaims.get(namespaceId);
      if (namespace === undefined || reclaim === undefined) return;
      const entry = { registry: REGISTRY, id: namespaceId, expectedVersion: namespace.version, body: undefined };
      if (!(await store.writeRegistry(entry))) return this.#reload();
      this.#byId.delete(namespaceId);
      this.#byName.delete(namespace.name);
      this.#reclaims.delete(namespaceId);
      const note = { registry: RECLAIMS, id: namespaceId, expectedVersion: reclaim.version, body: undefined };
      await store.writeRegistry(note);
    });
  }

  async #noteReclaim(id: string, delayMs: number): Promise<Rejection | undefined> {
    const expectedVersion = this.#reclaims.get(id)?.version ?? 0;
    const entry = { registry: RECLAIMS, id, expectedVersion, body: encode({ delayMs }) };
    if (!(await this.#options.store.writeRegistry(entry))) {
      await this.#reload();
      return reject.unavailable(`namespace ${this.view(id).name} is being changed by others`);
    }
    this.#reclaims.set(id, { delayMs, version: expectedVersion + 1 });
    return undefined;
  }

  #change<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#lastChange.then(work);
    this.#lastChange = result.catch(() => undefined);
    return result;
  }

  /** Undefined if another process has written the entry meanwhile; then memory holds what it wrote. */
  async #write(namespace: Namespace): Promise<Namespace | undefined> {
    const { id, version: expectedVersion } = namespace;
    const body = encodeNamespace(namespace);
    const done = await this.#options.store.writeRegistry({ registry: REGISTRY, id, expectedVersion, body });
    if (!done) {
      await this.#reload();
      return undefined;
    }
    const written = { ...namespace, version: expectedVersion + 1 };
    this.#take(written);
    return written;
  }

  async #reload(): Promise<void> {
    const { store } = this.#options;
    for (const entry of await store.readRegistry(REGISTRY)) this.#take(decodeNamespace(entry));
    for (const { id, version, body } of await store.readRegistry(RECLAIMS)) {
      const { delayMs } = decode(body) as { readonly delayMs: number };
      this.#reclaims.set(id, { delayMs, version });
    }
  }

  #take(namespace: Namespace): void {
    const before = this.#byId.get(namespace.id);
    if (before !== undefined) this.#byName.delete(before.name);
    this.#byId.set(namespace.id, namespace);
    this.#byName.set(namespace.name, namespace);
  }
}

function attributesFull({ type, fieldsMax }: Extract<AddedAttributes, { kind: 'full' }>): Rejection {
  return reject.invalidArgument(
    `Unable to create search attributes: cannot have more than ${fieldsMax} search attribute of type ${type}.`,
  );
}
