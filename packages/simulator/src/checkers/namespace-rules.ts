import { NamespaceState } from '@perdure/proto/enums';
import { decodeNamespace, NAMESPACES } from '@perdure/server/testing';
import type { RegistryWrite } from '@perdure/storage';
import { hold } from '../kernel/violation.ts';

/** A server knows what it has written about a namespace, and what it knew is durable, at most so much later. */
const LAG_MS = 5_000;

/** What is durable of one namespace. */
interface Known {
  readonly name: string;
  /** Its retentions, the last one at the end, and until when a server may have gone by each. */
  readonly retentions: { readonly retentionMs: number; untilMs: number }[];
  deleted: boolean;
  /** It holds nothing any more, and is forgotten. */
  gone: boolean;
}

/** What is durable of the namespaces: for how long they keep what has closed, and which of them have been deleted. */
export class NamespaceRules {
  readonly #byId = new Map<string, Known>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Something was written beside the shards. `left` names what a namespace holds still. */
  note({ registry, id, expectedVersion, body }: RegistryWrite, left: (namespaceId: string) => readonly string[]): void {
    if (registry !== NAMESPACES) return;
    const known = this.#byId.get(id);
    if (body === undefined) {
      hold(known?.deleted === true, 45, () => `namespace ${known?.name} is forgotten, and nobody has deleted it`);
      const held = left(id);
      hold(held.length === 0, 45, () => `namespace ${known.name} is forgotten and holds ${held.join(', ')}`);
      known.gone = true;
      return;
    }
    const { name, retentionMs, state } = decodeNamespace({ id, version: expectedVersion + 1, body });
    const { retentions = [], deleted = false } = known ?? {};
    hold(known?.gone !== true, 45, () => `namespace ${name} is forgotten and written again`);
    const last = retentions.at(-1);
    if (last !== undefined) last.untilMs = this.#nowMs() + LAG_MS;
    retentions.push({ retentionMs, untilMs: Infinity });
    this.#byId.set(id, {
      name: known?.name ?? name,
      retentions,
      deleted: deleted || state === NamespaceState.Deleted,
      gone: false,
    });
  }

  /** The retentions that a server may have gone by in what it writes now. */
  retentionsMs(namespaceId: string): readonly number[] {
    const nowMs = this.#nowMs();
    const { retentions = [] } = this.#byId.get(namespaceId) ?? {};
    return retentions.filter(({ untilMs }) => nowMs <= untilMs).map(({ retentionMs }) => retentionMs);
  }

  /** Whether a namespace that once had that name was deleted. */
  isDeleted(name: string): boolean {
    return [...this.#byId.values()].some((known) => known.name === name && known.deleted);
  }

  /** Whether the namespace with that id was deleted. */
  isLeaving(namespaceId: string): boolean {
    return this.#byId.get(namespaceId)?.deleted === true;
  }

  /** What is written is of a namespace that is there. */
  checkThere(namespaceId: string, what: string): void {
    const known = this.#byId.get(namespaceId);
    hold(known?.gone !== true, 45, () => `${what} is written, and namespace ${known?.name} is gone`);
  }

  /** The namespaces that were deleted and have something left. */
  get leaving(): readonly string[] {
    return [...this.#byId.values()].filter(({ deleted, gone }) => deleted && !gone).map(({ name }) => name);
  }
}
