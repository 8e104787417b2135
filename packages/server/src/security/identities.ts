import { createHash } from 'node:crypto';
import type { Caller, IdentitySource } from './authenticator.ts';

/** A caller who was written down beforehand. */
export interface Identity extends Caller {
  /** SHA-256 of his API key, in hexadecimal. */
  readonly keyHash: string | undefined;
  /** A DNS name or URI in the client certificate that he shows. */
  readonly certificateName: string | undefined;
  /** From then on he is unknown. Milliseconds since the epoch. */
  readonly expiresAtMs: number | undefined;
}

/**
 * Callers known by API keys or client certificates. Of keys only hashes are kept: whoever reads the list can call nobody's
 * name. A hash without salt serves, because a key is as random as the hash.
 */
export class Identities implements IdentitySource {
  readonly #now: () => number;
  #byKeyHash: ReadonlyMap<string, Identity> = new Map();
  #byCertificateName: ReadonlyMap<string, Identity> = new Map();

  constructor(now: () => number, identities: readonly Identity[]) {
    this.#now = now;
    this.replace(identities);
  }

  /** Whoever is not in the list any more is unknown with the next call. */
  replace(identities: readonly Identity[]): void {
    this.#byKeyHash = new Map(identities.flatMap((each) => (each.keyHash === undefined ? [] : [[each.keyHash, each]])));
    this.#byCertificateName = new Map(
      identities.flatMap((each) => (each.certificateName === undefined ? [] : [[each.certificateName, each]])),
    );
  }

  async identify(token: string | undefined, certificateNames: readonly string[]): Promise<Caller | undefined> {
    const found =
      token === undefined
        ? certificateNames.map((name) => this.#byCertificateName.get(name)).find((each) => each !== undefined)
        : this.#byKeyHash.get(createHash('sha256').update(token).digest('hex'));
    const isExpired = found?.expiresAtMs !== undefined && found.expiresAtMs <= this.#now();
    return isExpired ? undefined : found;
  }
}
