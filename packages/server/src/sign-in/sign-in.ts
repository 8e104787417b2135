import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GrpcStatus } from '@perdure/core';
import type { Store } from '@perdure/storage';
import type { Host } from '../host/host.ts';
import { atMostPerSecond } from '../observability/at-most-per-second.ts';
import type { Logger } from '../observability/logger.ts';
import type { Authenticator } from '../security/authenticator.ts';
import type { RequestUrl } from '../transport/http/request-url.ts';
import { type StatusAnswer, statusAnswer } from '../transport/unary.ts';
import { readCookies, setCookie } from './cookies.ts';
import { type Challenge, Provider, type ProviderOptions } from './provider.ts';
import { returnPath } from './return-path.ts';
import { KEY_BYTES, seal, unseal } from './seal.ts';
import { SessionRefresh } from './session-refresh.ts';
import { type Session, Sessions } from './sessions.ts';
import { asSignInError, SignInError } from './sign-in-error.ts';

/** How readers of the Web UI sign in. */
export interface SignInOptions {
  /** At least one, all with the same callback address. They may be others while the server runs. */
  readonly providers: () => readonly ProviderOptions[];
  /** A session ends after this long, whatever the provider says. */
  readonly sessionMaxMs: number;
  /** Whether the page leads to the provider at once where there is only one. */
  readonly redirectsToProvider: boolean;
}

interface SignInContext {
  readonly store: Store;
  readonly host: Host;
  readonly logger: Logger;
  readonly authenticator: Authenticator;
  /** Segments under which the UI is mounted. */
  readonly publicPath: readonly string[];
}

/** What a browser that is at the provider was sent there with. */
interface Flow extends Challenge {
  readonly provider: string;
  readonly returnPath: string;
  readonly startedAtMs: number;
}

/** How long a sign-in may take. */
const FLOW_MAX_MS = 600_000;

/** Sign-ins that one browser may have under way, as when it opens many tabs at once. */
const FLOWS_MAX = 10;

const FLOW_COOKIE = 'perdure-sign-in-';
const RANDOM_BYTES = 32;

/** How many sign-ins that failed are logged each second, so that nobody fills the log. */
const FAILURES_LOGGED_PER_SECOND = 10;

/**
 * Sign-in by OpenID Connect for the Web UI. Tokens stay here: a browser has an opaque cookie, for which its calls get the
 * header `authorization` that the token makes, and are judged by it as anybody's.
 */
export class SignIn {
  readonly #options: SignInOptions;
  readonly #context: SignInContext;
  readonly #sessions: Sessions;
  readonly #refresh: SessionRefresh;
  readonly #providers = new WeakMap<ProviderOptions, Provider>();
  /** Seals what a browser holds while it is at the provider; a restart of ours ends that. */
  readonly #flowKey: Uint8Array;
  readonly #base: string;
  readonly #report: (run: () => void) => void;

  private constructor(options: SignInOptions, context: SignInContext, sessions: Sessions) {
    const { host, logger, publicPath } = context;
    this.#options = options;
    this.#context = context;
    this.#sessions = sessions;
    this.#flowKey = host.randomBytes(KEY_BYTES);
    this.#base = `/${publicPath.map((segment) => `${encodeURIComponent(segment)}/`).join('')}`;
    this.#report = atMostPerSecond(FAILURES_LOGGED_PER_SECOND, () => host.now());
    this.#refresh = new SessionRefresh(
      host,
      sessions,
      (label) => this.#provider(label),
      ({ provider, person }, error) =>
        this.#report(() => logger.warn('session not renewed', { provider, name: person.name, error: error.message })),
    );
  }

  static async open(options: SignInOptions, context: SignInContext): Promise<SignIn> {
    return new SignIn(options, context, await Sessions.open(context.store, context.host));
  }

  /** `Auth` of the settings, as the official UI reads them; with the providers' names, which ours shows. */
  settings(): object {
    const { providers, redirectsToProvider } = this.#options;
    return {
      Enabled: true,
      Options: [],
      RedirectToProvider: redirectsToProvider,
      Providers: providers().map(({ label }) => ({ Label: label })),
    };
  }

  /**
   * Gives a call the credentials of the browser's session, where the caller shows none himself. What cannot be known for
   * now is an answer to the call.
   */
  async attach(request: IncomingMessage): Promise<StatusAnswer | undefined> {
    if (request.headers.authorization !== undefined || isOfAnotherSite(request)) return undefined;
    const secret = this.#secretOf(request);
    if (secret === undefined) return undefined;
    const renewed = await this.#refresh.current(secret);
    if (renewed.kind === 'unreachable') {
      return statusAnswer(GrpcStatus.Unavailable, 'The provider of the sign-in does not answer');
    }
    if (renewed.kind === 'over') return undefined;
    const { tokens } = renewed.session;
    request.headers.authorization = `Bearer ${this.#bearerOf(renewed.session)}`;
    request.headers['authorization-extras'] = tokens.id;
    return undefined;
  }

  /** Below `/auth`. */
  async serve(request: IncomingMessage, response: ServerResponse, { segments, query }: RequestUrl): Promise<void> {
    const path = segments.slice(1).join('/');
    if (path === 'sso/callback') return this.#finish(request, response, query);
    // Another site may lead a browser here, but only to where it would sign in.
    if (path === 'sso') return this.#begin(request, response, query);
    if (path === 'signed-out') return redirect(response, `${this.#base}login?signedOut=true`);
    if (isOfAnotherSite(request)) return sendJson(response, 403, { message: 'Only the Web UI may ask for this.' });
    if (path === 'session') return this.#sendSession(request, response, false);
    if (path === 'refresh') return this.#sendSession(request, response, true);
    if (path === 'logout') return this.#signOut(request, response);
    return sendJson(response, 404, { message: 'Not Found' });
  }

  /** Sends the browser to the provider. */
  async #begin(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    const { host } = this.#context;
    const [only, ...others] = this.#options.providers();
    const label = query.get('provider') ?? (others.length === 0 ? only?.label : undefined);
    const target = returnPath(query.get('returnUrl'), this.#origin(), this.#base);
    const provider = label === undefined ? undefined : this.#provider(label);
    if (provider === undefined) return redirect(response, this.#loginPath({ returnUrl: target }));
    // The cookie has to be where the provider leads back to. A proxy that hides the name is not led astray for ever.
    const { callbackUrl } = provider.options;
    if (request.headers.host !== callbackUrl.host && !query.has('moved')) {
      const moved = new URL(`${this.#base}auth/sso`, callbackUrl);
      moved.search = new URLSearchParams({
        provider: provider.options.label,
        returnUrl: target,
        moved: 'true',
      }).toString();
      return redirect(response, moved.href);
    }
    const flow: Flow = {
      state: this.#random(),
      nonce: this.#random(),
      codeVerifier: this.#random(),
      provider: provider.options.label,
      returnPath: target,
      startedAtMs: host.now(),
    };
    try {
      const url = await provider.authorizationUrl(flow);
      const sealed = seal(flow, this.#flowKey, (length) => host.randomBytes(length)).toString('base64url');
      const older = this.#flowCookies(request).slice(FLOWS_MAX - 1);
      response.setHeader('set-cookie', [
        this.#flowCookie(flowName(flow.state), sealed, FLOW_MAX_MS),
        ...older.map((name) => this.#flowCookie(name, '', 0)),
      ]);
      return redirect(response, url.href);
    } catch (error) {
      return this.#fail(response, provider.options.label, target, error);
    }
  }

  /** Takes the browser back from the provider. */
  async #finish(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    const { host, logger } = this.#context;
    const state = query.get('state') ?? '';
    const name = flowName(state);
    const flow = this.#openFlow(readCookies(request.headers.cookie).get(name), state);
    // Who comes here by the browser's "back" has signed in already.
    if (flow === undefined && (await this.#current(request)) !== undefined) return redirect(response, this.#base);
    if (flow === undefined) return redirect(response, this.#loginPath({ problem: 'expired' }));
    const cookies = [this.#flowCookie(name, '', 0)];
    response.setHeader('set-cookie', cookies);
    try {
      const provider = this.#provider(flow.provider);
      if (provider === undefined) throw new SignInError('expired', 'the provider is not known any more');
      const [tokens, person] = await provider.exchange(query, flow);
      const session = { provider: flow.provider, person, tokens, endsAtMs: host.now() + this.#options.sessionMaxMs };
      await this.#assertKnown(session);
      const old = this.#secretOf(request);
      if (old !== undefined) await this.#sessions.end(old);
      const secret = await this.#sessions.begin(session);
      logger.info('signed in', { provider: flow.provider, name: person.name, subject: person.subject });
      response.setHeader('set-cookie', [...cookies, this.#sessionCookie(secret, this.#options.sessionMaxMs)]);
      return redirect(response, new URL(flow.returnPath, this.#origin()).href);
    } catch (error) {
      return this.#fail(response, flow.provider, flow.returnPath, error);
    }
  }

  /** A session whose token the server does not take would end where it began, again and again. */
  async #assertKnown(session: Session): Promise<void> {
    const authorization = `Bearer ${this.#bearerOf(session)}`;
    const caller = await this.#context.authenticator.identify({ authorization, certificateNames: [] });
    if (caller !== undefined) return;
    const which = this.#provider(session.provider)?.options.bearer ?? 'access';
    const what = await describeToken(this.#bearerOf(session));
    throw new SignInError(
      'unknown',
      `authentication does not take the ${which} token of ${session.person.subject}, ${what}`,
    );
  }

  async #signOut(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const secret = this.#secretOf(request);
    const session = secret === undefined ? undefined : this.#sessions.find(secret);
    if (secret !== undefined) await this.#sessions.end(secret);
    response.setHeader('set-cookie', this.#sessionCookie('', 0));
    const signedOut = new URL(`${this.#base}auth/signed-out`, this.#origin());
    let location = signedOut.href;
    if (session !== undefined) {
      try {
        const provider = this.#provider(session.provider);
        location = (await provider?.endSession(session.tokens, signedOut))?.href ?? location;
      } catch (error) {
        // Signed out here all the same.
        this.#log(session.provider, asSignInError(error));
      }
    }
    if (request.method === 'GET') return redirect(response, location);
    return sendJson(response, 200, { location });
  }

  async #sendSession(request: IncomingMessage, response: ServerResponse, isAsked: boolean): Promise<void> {
    const secret = this.#secretOf(request);
    const renewed = secret === undefined ? undefined : await this.#refresh.current(secret, isAsked);
    switch (renewed?.kind) {
      case 'session': {
        const { provider, person, endsAtMs } = renewed.session;
        const { name, email } = person;
        return sendJson(response, 200, { name, email, provider, endsAt: new Date(endsAtMs).toISOString() });
      }
      case 'unreachable':
        return sendJson(response, 503, { message: 'The provider of the sign-in does not answer.' });
      default:
        return sendJson(response, 401, { message: 'Nobody is signed in.' });
    }
  }

  async #current(request: IncomingMessage): Promise<Session | undefined> {
    const secret = this.#secretOf(request);
    return secret === undefined ? undefined : this.#sessions.find(secret);
  }

  #openFlow(sealed: string | undefined, state: string): Flow | undefined {
    if (sealed === undefined) return undefined;
    const flow = unseal(Buffer.from(sealed, 'base64url'), this.#flowKey) as Flow | undefined;
    if (flow === undefined || flow.state !== state) return undefined;
    return this.#context.host.now() - flow.startedAtMs > FLOW_MAX_MS ? undefined : flow;
  }

  #fail(response: ServerResponse, provider: string, target: string, thrown: unknown): void {
    const error = asSignInError(thrown);
    this.#log(provider, error);
    redirect(response, this.#loginPath({ problem: error.problem, returnUrl: target }));
  }

  #log(provider: string, { problem, message }: SignInError): void {
    const { logger } = this.#context;
    this.#report(() => logger.warn('sign-in failed', { provider, problem, error: message }));
  }

  #loginPath(query: Readonly<Record<string, string>>): string {
    return `${this.#base}login?${new URLSearchParams(query).toString()}`;
  }

  #provider(label: string): Provider | undefined {
    const options = this.#options.providers().find((each) => each.label === label);
    if (options === undefined) return undefined;
    let provider = this.#providers.get(options);
    if (provider === undefined) {
      provider = new Provider(options, () => this.#context.host.now());
      this.#providers.set(options, provider);
    }
    return provider;
  }

  #bearerOf({ provider, tokens }: Session): string {
    return this.#provider(provider)?.options.bearer === 'id' ? tokens.id : tokens.access;
  }

  #random(): string {
    return Buffer.from(this.#context.host.randomBytes(RANDOM_BYTES)).toString('base64url');
  }

  /** Where browsers see the UI. */
  #origin(): string {
    return this.#callbackUrl().origin;
  }

  #callbackUrl(): URL {
    const [first] = this.#options.providers();
    if (first === undefined) throw new Error('no provider');
    return first.callbackUrl;
  }

  #secretOf({ headers }: IncomingMessage): string | undefined {
    return readCookies(headers.cookie).get(this.#sessionName());
  }

  /**
   * Ports of one machine share their cookies, so the name tells servers apart. `__Host-` keeps other hosts of the domain
   * from setting it.
   */
  #sessionName(): string {
    const url = this.#callbackUrl();
    const name = `perdure-session-${createHash('sha256').update(url.href).digest('hex').slice(0, 8)}`;
    if (url.protocol !== 'https:') return name;
    return this.#base === '/' ? `__Host-${name}` : `__Secure-${name}`;
  }

  #sessionCookie(value: string, maxAgeMs: number): string {
    const isSecure = this.#callbackUrl().protocol === 'https:';
    return setCookie(this.#sessionName(), value, { path: this.#base, isSecure, maxAgeMs });
  }

  #flowCookie(name: string, value: string, maxAgeMs: number): string {
    const isSecure = this.#callbackUrl().protocol === 'https:';
    return setCookie(name, value, { path: `${this.#base}auth/sso`, isSecure, maxAgeMs });
  }

  #flowCookies({ headers }: IncomingMessage): string[] {
    return [...readCookies(headers.cookie).keys()].filter((name) => name.startsWith(FLOW_COOKIE));
  }
}

/** For who runs the server, and has to find out what does not fit. */
async function describeToken(token: string): Promise<string> {
  const { decodeJwt } = await import('jose');
  try {
    const { iss = 'nobody', aud = 'nobody' } = decodeJwt(token);
    return `which is of ${iss} for ${String(aud)}`;
  } catch {
    return 'which is no JSON Web Token: the ID token is one (useIdTokenAsBearer)';
  }
}

function flowName(state: string): string {
  return `${FLOW_COOKIE}${createHash('sha256').update(state).digest('hex').slice(0, 16)}`;
}

/** What a browser says of where a request comes from; who is no browser says nothing. */
function isOfAnotherSite({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

const COMMON_HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { ...COMMON_HEADERS, location, 'content-length': 0 });
  response.end();
}

function sendJson(response: ServerResponse, status: number, json: object): void {
  response.writeHead(status, { ...COMMON_HEADERS, 'content-type': 'application/json' });
  response.end(JSON.stringify(json));
}
