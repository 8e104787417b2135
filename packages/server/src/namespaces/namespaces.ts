import { reject, type CustomAttributes, type Limits, type NamespaceView, type Rejection } from '@perdure/core';
import type { Store } from '@perdure/storage';
import type { NamespaceSource } from '../engine/context.ts';
import type { Host } from '../host/host.ts';
import { addAttributes, customAttributesOf } from './custom-attributes.ts';
import { decodeNamespace, encodeNamespace, newNamespace, type Namespace, type NamespaceDraft } from './namespace.ts';

/** The store's registry that holds the namespaces, by id. */
const REGISTRY = 'namespaces';

/** How often a write is tried again that another process has overtaken. */
const ATTEMPTS_MAX = 5;

export interface NamespacesOptions {
  readonly store: Store;
  readonly host: Host;
  /** Limits in force for a namespace, by name. Called for each transition: it must be cheap. */
  readonly limitsFor: (namespaceName: string) => Limits;
}

/** All namespaces, kept in memory; each change is durable before it shows. */
export class Namespaces implements NamespaceSource {
  readonly #options: NamespacesOptions;
  readonly #byId = new Map<string, Namespace>();
  readonly #byName = new Map<string, Namespace>();
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

  /** Makes a namespace. Refused where the name is taken. */
  register(draft: NamespaceDraft): Promise<Namespace | Rejection> {
    return this.#change(async () => {
      for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        if (this.#byName.has(draft.name)) {
          return reject.namespaceAlreadyExists(`Namespace ${JSON.stringify(draft.name)} already exists`);
        }
        const written = await this.#write(newNamespace(this.#options.host.uuid(), draft));
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

  /** Registers search attributes; names that are known stay as they are. */
  addSearchAttributes(namespaceId: string, added: CustomAttributes): Promise<Namespace | Rejection> {
    return this.#change(async () => {
      for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        const namespace = this.#byId.get(namespaceId);
        if (namespace === undefined) return reject.namespaceNotFound(namespaceId);
        const result = addAttributes(namespace.attributeFields, added);
        if (result.kind === 'full') return attributesFull(result.type, result.fieldsMax);
        const attributeFields = result.fields;
        if (Object.keys(attributeFields).length === Object.keys(namespace.attributeFields).length) return namespace;
        const customAttributes = customAttributesOf(attributeFields);
        const written = await this.#write({ ...namespace, attributeFields, customAttributes });
        if (written !== undefined) return written;
      }
      return reject.unavailable('Generated search attributes mapping unavailable.');
    });
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
    for (const entry of await this.#options.store.readRegistry(REGISTRY)) this.#take(decodeNamespace(entry));
  }

  #take(namespace: Namespace): void {
    const before = this.#byId.get(namespace.id);
    if (before !== undefined) this.#byName.delete(before.name);
    this.#byId.set(namespace.id, namespace);
    this.#byName.set(namespace.name, namespace);
  }
}

function attributesFull(type: string, fieldsMax: number): Rejection {
  return reject.invalidArgument(
    `Unable to create search attributes: cannot have more than ${fieldsMax} search attribute of type ${type}.`,
  );
}
