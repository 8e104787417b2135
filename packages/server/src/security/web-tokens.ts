import type { JSONWebKeySet, JWTPayload, JWTVerifyGetKey } from 'jose';
import type { Caller, IdentitySource } from './authenticator.ts';
import { readPermissions } from './permissions.ts';

/** Signatures by keys of which only the public half is known here. None that a public key could be abused for (HMAC). */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/** A token that was good is not verified again for this long: signatures cost more than the calls that carry them. */
const TRUSTED_MS = 60_000;
const TRUSTED_MAX = 10_000;

/** How far the clock of who signs may be ahead of ours: a token that is used at once would begin in our future. */
const CLOCK_TOLERANCE_SECONDS = 60;

/** How long the fetch of keys may take. */
const FETCH_TIMEOUT_MS = 5_000;

/** What tokens must be, to be taken. */
export interface WebTokenRules {
  /** The claim `iss`; undefined: any. */
  readonly issuer: string | undefined;
  /** One of the claim `aud`; undefined: any. */
  readonly audience: string | undefined;
  /** The claim that lists permissions. */
  readonly permissionsClaim: string;
}

interface Trusted {
  readonly caller: Caller;
  readonly untilMs: number;
}

/** JSON Web Tokens with Temporal's claims: `sub`, `exp` and a list of permissions. */
export class WebTokens implements IdentitySource {
  readonly #now: () => number;
  readonly #rules: WebTokenRules;
  readonly #onRefused: (reason: string) => void;
  readonly #trusted = new Map<string, Trusted>();
  #keys: JWTVerifyGetKey;

  /** `onRefused` is told why a token is not taken. */
  private constructor(
    now: () => number,
    rules: WebTokenRules,
    keys: JWTVerifyGetKey,
    onRefused: (reason: string) => void,
  ) {
    this.#now = now;
    this.#rules = rules;
    this.#keys = keys;
    this.#onRefused = onRefused;
  }

  /** With keys that are at hand. Rejects where they are no JSON Web Key Set. */
  static async ofKeys(
    keySet: unknown,
    now: () => number,
    rules: WebTokenRules,
    onRefused: (reason: string) => void,
  ): Promise<WebTokens> {
    return new WebTokens(now, rules, await localKeys(keySet), onRefused);
  }

  /** With keys that are fetched when they are needed, and again when they are older than `maxAgeMs`. */
  static async ofUrl(
    url: URL,
    maxAgeMs: number,
    now: () => number,
    rules: WebTokenRules,
    onRefused: (reason: string) => void,
  ): Promise<WebTokens> {
    const { createRemoteJWKSet } = await import('jose');
    const keys = createRemoteJWKSet(url, { cacheMaxAge: maxAgeMs, timeoutDuration: FETCH_TIMEOUT_MS });
    return new WebTokens(now, rules, keys, onRefused);
  }

  /** Tokens of keys that are not in the set any more are refused from now on. */
  async replaceKeys(keySet: unknown): Promise<void> {
    this.#keys = await localKeys(keySet);
    this.#trusted.clear();
  }

  async identify(token: string | undefined): Promise<Caller | undefined> {
    // Two dots make it one; an API key has none.
    if (token === undefined || token.split('.').length !== 3) return undefined;
    const nowMs = this.#now();
    const trusted = this.#trusted.get(token);
    if (trusted !== undefined && trusted.untilMs > nowMs) return trusted.caller;
    this.#trusted.delete(token);
    const { jwtVerify } = await import('jose');
    const { issuer, audience } = this.#rules;
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        algorithms: ALGORITHMS,
        currentDate: new Date(nowMs),
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['sub', 'exp'],
        ...(issuer !== undefined && { issuer }),
        ...(audience !== undefined && { audience }),
      });
      // The tolerance is for tokens that begin; one whose time is over ends on time.
      if ((payload.exp ?? 0) * 1_000 <= nowMs) throw new Error('"exp" claim timestamp check failed');
      return this.#trust(token, payload, nowMs);
    } catch (error) {
      this.#onRefused((error as Error).message);
      return undefined;
    }
  }

  #trust(token: string, payload: JWTPayload, nowMs: number): Caller {
    const claim = payload[this.#rules.permissionsClaim];
    const texts = Array.isArray(claim) ? claim.filter((item) => typeof item === 'string') : [];
    const { permissions } = readPermissions(texts);
    const caller = { name: payload.sub ?? '', permissions };
    const untilMs = Math.min(nowMs + TRUSTED_MS, (payload.exp ?? 0) * 1_000);
    const [oldest] = this.#trusted.keys();
    if (this.#trusted.size >= TRUSTED_MAX && oldest !== undefined) this.#trusted.delete(oldest);
    this.#trusted.set(token, { caller, untilMs });
    return caller;
  }
}

async function localKeys(keySet: unknown): Promise<JWTVerifyGetKey> {
  const { createLocalJWKSet } = await import('jose');
  return createLocalJWKSet(keySet as JSONWebKeySet);
}
