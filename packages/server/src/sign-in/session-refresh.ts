import type { Host } from '../host/host.ts';
import type { Provider, Tokens } from './provider.ts';
import type { Session, Sessions } from './sessions.ts';
import { asSignInError, type SignInError } from './sign-in-error.ts';

/** How long before its end a token is renewed; of one that lives shortly, a quarter of its life. */
const AHEAD_MAX_MS = 60_000;

/** A provider that did not answer is left alone for this long, whoever asks. */
const PAUSE_MS = 5_000;

/** Tokens that are so new are not renewed because somebody asks for it. */
const FRESH_MS = 5_000;

/** A session that goes on, one that is over, or a provider that would have to say which. */
export type Renewed =
  | { readonly kind: 'session'; readonly session: Session }
  | { readonly kind: 'over' }
  | { readonly kind: 'unreachable'; readonly error: SignInError };

/** Keeps the tokens of sessions good. Whoever asks while a renewal is under way waits for that one: it works only once. */
export class SessionRefresh {
  readonly #host: Host;
  readonly #sessions: Sessions;
  readonly #providerOf: (label: string) => Provider | undefined;
  readonly #onFailure: (session: Session, error: Error) => void;
  readonly #renewals = new Map<string, Promise<Renewed>>();
  /** By label: providers that did not answer. */
  readonly #pauses = new Map<string, { readonly untilMs: number; readonly error: SignInError }>();

  constructor(
    host: Host,
    sessions: Sessions,
    providerOf: (label: string) => Provider | undefined,
    onFailure: (session: Session, error: Error) => void,
  ) {
    this.#host = host;
    this.#sessions = sessions;
    this.#providerOf = providerOf;
    this.#onFailure = onFailure;
  }

  /** The session with tokens that are good; `isAsked`: with new ones, as the server takes the old ones no more. */
  async current(secret: string, isAsked = false): Promise<Renewed> {
    const session = this.#sessions.find(secret);
    if (session === undefined) return { kind: 'over' };
    const { issuedAtMs, expiresAtMs, refresh } = session.tokens;
    const nowMs = this.#host.now();
    const isGood = nowMs < expiresAtMs;
    if (refresh === undefined) return isGood ? { kind: 'session', session } : this.#over(secret);
    const aheadMs = Math.min(AHEAD_MAX_MS, (expiresAtMs - issuedAtMs) / 4);
    const isDue = nowMs >= expiresAtMs - aheadMs || (isAsked && nowMs >= issuedAtMs + FRESH_MS);
    if (!isDue) return { kind: 'session', session };
    let renewal = this.#renewals.get(secret);
    if (renewal === undefined) {
      renewal = this.#renew(secret, session).finally(() => this.#renewals.delete(secret));
      this.#renewals.set(secret, renewal);
    }
    const renewed = await renewal;
    return renewed.kind === 'unreachable' && isGood ? { kind: 'session', session } : renewed;
  }

  async #renew(secret: string, session: Session): Promise<Renewed> {
    const label = session.provider;
    const provider = this.#providerOf(label);
    if (provider === undefined) return this.#over(secret);
    const pause = this.#pauses.get(label);
    if (pause !== undefined && this.#host.now() < pause.untilMs) return { kind: 'unreachable', error: pause.error };
    let tokens: Tokens | undefined;
    try {
      tokens = await provider.refresh(session.tokens, session.person.subject);
      this.#pauses.delete(label);
    } catch (thrown) {
      const error = asSignInError(thrown);
      this.#pauses.set(label, { untilMs: this.#host.now() + PAUSE_MS, error });
      this.#onFailure(session, error);
      return { kind: 'unreachable', error };
    }
    // New tokens of which the one that counts is not new are none.
    if (tokens === undefined || tokens.expiresAtMs <= this.#host.now()) return this.#over(secret);
    const renewed = { ...session, tokens };
    try {
      await this.#sessions.renew(secret, renewed);
    } catch (error) {
      // It is in memory; a restart ends the session.
      this.#onFailure(session, error as Error);
    }
    return { kind: 'session', session: renewed };
  }

  async #over(secret: string): Promise<Renewed> {
    await this.#sessions.end(secret);
    return { kind: 'over' };
  }
}
