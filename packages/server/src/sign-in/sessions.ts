import { hkdfSync } from 'node:crypto';
import type { Store } from '@perdure/storage';
import type { Host } from '../host/host.ts';
import { decode } from '../message-pack/decode.ts';
import { encode } from '../message-pack/encode.ts';
import type { Person, Tokens } from './provider.ts';
import { KEY_BYTES, seal, unseal } from './seal.ts';

/** What a browser that has signed in stands for. */
export interface Session {
  /** Label of the provider. */
  readonly provider: string;
  readonly person: Person;
  readonly tokens: Tokens;
  /** It ends then, whatever the provider says. */
  readonly endsAtMs: number;
}

/** Where the store keeps them. */
const REGISTRY = 'ui-sessions';

/** Bytes of what a browser has of its session. */
const SECRET_BYTES = 32;

/** Beyond this, whoever has signed in first has to do so again. */
const SESSIONS_MAX = 10_000;

interface Kept {
  readonly endsAtMs: number;
  readonly sealed: Uint8Array;
  readonly version: number;
}

/**
 * The sessions of browsers. A browser has a random secret, in a cookie; what it stands for stays here, and in the store, so
 * that it survives a restart. It is named and sealed by what is derived from the secret: whoever reads the store, or a copy
 * of it, has no tokens, and can call nobody's session.
 */
export class Sessions {
  readonly #store: Store;
  readonly #host: Host;
  readonly #kept: Map<string, Kept>;
  /** Those that were asked for. */
  readonly #opened = new Map<string, Session>();

  private constructor(store: Store, host: Host, kept: Map<string, Kept>) {
    this.#store = store;
    this.#host = host;
    this.#kept = kept;
  }

  static async open(store: Store, host: Host): Promise<Sessions> {
    const entries = await store.readRegistry(REGISTRY);
    const kept = entries.map(({ id, version, body }): [string, Kept] => {
      const { endsAtMs, sealed } = decode(body) as Pick<Kept, 'endsAtMs' | 'sealed'>;
      return [id, { endsAtMs, sealed, version }];
    });
    return new Sessions(store, host, new Map(kept.toSorted(([, a], [, b]) => a.endsAtMs - b.endsAtMs)));
  }

  /** Begins one; gives the secret of its browser. */
  async begin(session: Session): Promise<string> {
    await this.#makeRoom();
    const secret = Buffer.from(this.#host.randomBytes(SECRET_BYTES)).toString('base64url');
    await this.#write(secret, session, 0);
    return secret;
  }

  /** Undefined for one that is over, or never was. */
  find(secret: string): Session | undefined {
    const { id, key } = derive(secret);
    const kept = this.#kept.get(id);
    if (kept === undefined || kept.endsAtMs <= this.#host.now()) return undefined;
    const session = this.#opened.get(id) ?? (unseal(kept.sealed, key) as Session | undefined);
    if (session !== undefined) this.#opened.set(id, session);
    return session;
  }

  /** Gives one that goes on its new tokens; one that was ended meanwhile stays ended. */
  async renew(secret: string, session: Session): Promise<void> {
    const kept = this.#kept.get(derive(secret).id);
    if (kept !== undefined) await this.#write(secret, session, kept.version);
  }

  async end(secret: string): Promise<void> {
    await this.#remove(derive(secret).id);
  }

  async #write(secret: string, session: Session, expectedVersion: number): Promise<void> {
    const { id, key } = derive(secret);
    const { endsAtMs } = session;
    const sealed = seal(session, key, (length) => this.#host.randomBytes(length));
    // In memory first: the provider has taken the old refresh token back, so that the new one counts even if the store fails.
    this.#kept.set(id, { endsAtMs, sealed, version: expectedVersion + 1 });
    this.#opened.set(id, session);
    // Of its own, as the encoder's bytes share a block.
    const body = encode({ endsAtMs, sealed }).slice();
    await this.#store.writeRegistry({ registry: REGISTRY, id, expectedVersion, body });
  }

  async #remove(id: string): Promise<void> {
    const kept = this.#kept.get(id);
    if (kept === undefined) return;
    this.#kept.delete(id);
    this.#opened.delete(id);
    await this.#store.writeRegistry({ registry: REGISTRY, id, expectedVersion: kept.version, body: undefined });
  }

  /** Takes out those that are over, and the oldest where there are too many. */
  async #makeRoom(): Promise<void> {
    const nowMs = this.#host.now();
    const over = [...this.#kept].filter(([, { endsAtMs }]) => endsAtMs <= nowMs).map(([id]) => id);
    const surplus = Math.max(0, this.#kept.size - over.length - SESSIONS_MAX + 1);
    const oldest = [...this.#kept.keys()].filter((id) => !over.includes(id)).slice(0, surplus);
    for (const id of [...over, ...oldest]) await this.#remove(id);
  }
}

/** The name of a session and the key that it is sealed with. */
function derive(secret: string): { readonly id: string; readonly key: Uint8Array } {
  const bytes = Buffer.from(hkdfSync('sha256', secret, '', 'perdure web ui session', KEY_BYTES * 2));
  return { id: bytes.subarray(0, KEY_BYTES).toString('hex'), key: bytes.subarray(KEY_BYTES) };
}
