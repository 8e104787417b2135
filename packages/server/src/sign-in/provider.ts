import { createHash } from 'node:crypto';
import type * as OpenId from 'openid-client';
import { isGrantOver, SignInError, signInError } from './sign-in-error.ts';

/** A provider of OpenID Connect, and how it knows this server. */
export interface ProviderOptions {
  /** What readers know it by; no two have the same. */
  readonly label: string;
  /** Where its configuration is found, below `.well-known/`. */
  readonly providerUrl: URL;
  /** As it names itself, where that differs from its address. */
  readonly issuerUrl: string | undefined;
  readonly clientId: string;
  /** Undefined: a public client. */
  readonly clientSecret: string | undefined;
  /** Where it leads browsers back to: `…/auth/sso/callback` of the Web UI. */
  readonly callbackUrl: URL;
  readonly scopes: readonly string[];
  /** What else it is asked with. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Which of its tokens callers show this server. */
  readonly bearer: 'access' | 'id';
  /** Whether it is shown the ID token at the end, in an address. */
  readonly takesIdTokenAtLogout: boolean;
}

/** What a provider is asked with, so that its answer can be told from others. */
export interface Challenge {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export interface Tokens {
  readonly access: string;
  readonly id: string;
  /** Undefined: the session ends with the tokens. */
  readonly refresh: string | undefined;
  readonly issuedAtMs: number;
  /** Of the one that callers show this server. */
  readonly expiresAtMs: number;
}

/** Whom the provider knows. */
export interface Person {
  readonly subject: string;
  readonly name: string;
  readonly email: string;
}

/** How long a provider may take for an answer. */
const TIMEOUT_SECONDS = 10;

/** By how much its clock may be off. */
const CLOCK_TOLERANCE_SECONDS = 30;

/** Its configuration is asked for again after this long, as endpoints may move. */
const CONFIGURATION_MAX_AGE_MS = 3_600_000;

/** Asks one provider: the authorization code flow with PKCE, refresh, and the end of its session. */
export class Provider {
  readonly options: ProviderOptions;
  readonly #now: () => number;
  #found: { readonly configuration: OpenId.Configuration; readonly atMs: number } | undefined;
  #finding: Promise<OpenId.Configuration> | undefined;

  constructor(options: ProviderOptions, now: () => number) {
    this.options = options;
    this.#now = now;
  }

  /** Where the browser has to go. Rejects with `SignInError`. */
  async authorizationUrl({ state, nonce, codeVerifier }: Challenge): Promise<URL> {
    const { callbackUrl, scopes, parameters } = this.options;
    const client = await import('openid-client');
    return client.buildAuthorizationUrl(await this.#configuration(), {
      ...Object.fromEntries(parameters),
      redirect_uri: callbackUrl.href,
      scope: scopes.join(' '),
      state,
      nonce,
      code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
  }

  /** What the code that it sent the browser back with is good for. Rejects with `SignInError`. */
  async exchange(query: URLSearchParams, { state, nonce, codeVerifier }: Challenge): Promise<[Tokens, Person]> {
    const client = await import('openid-client');
    const url = new URL(this.options.callbackUrl);
    url.search = query.toString();
    try {
      const reply = await client.authorizationCodeGrant(await this.#configuration(), url, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
        idTokenExpected: true,
      });
      return [await this.#tokens(reply, undefined), personOf(reply.claims())];
    } catch (error) {
      throw signInError(error);
    }
  }

  /** New tokens. Undefined where it gives none any more; rejects with `SignInError` where it does not answer. */
  async refresh(old: Tokens, subject: string): Promise<Tokens | undefined> {
    if (old.refresh === undefined) return undefined;
    const client = await import('openid-client');
    try {
      const reply = await client.refreshTokenGrant(await this.#configuration(), old.refresh);
      const claims = reply.claims();
      // Tokens of somebody else are no continuation. OpenID Connect Core, 12.2.
      if (claims !== undefined && claims.sub !== subject) return undefined;
      return await this.#tokens(reply, old);
    } catch (error) {
      if (isGrantOver(error)) return undefined;
      throw signInError(error);
    }
  }

  /** Where its own session ends, if it has such a place. Its refresh token is given back beforehand. */
  async endSession(tokens: Tokens, returnUrl: URL): Promise<URL | undefined> {
    const client = await import('openid-client');
    const configuration = await this.#configuration();
    const { revocation_endpoint: revocation, end_session_endpoint: endSession } = configuration.serverMetadata();
    if (revocation !== undefined && tokens.refresh !== undefined) {
      // Nobody has it any more: whether the provider takes it back changes nothing here.
      await client.tokenRevocation(configuration, tokens.refresh).catch(() => {});
    }
    if (endSession === undefined) return undefined;
    return client.buildEndSessionUrl(configuration, {
      post_logout_redirect_uri: returnUrl.href,
      ...(this.options.takesIdTokenAtLogout && { id_token_hint: tokens.id }),
    });
  }

  /** What it says of itself: asked once for all that wait, and what is old serves while it does not answer. */
  async #configuration(): Promise<OpenId.Configuration> {
    const found = this.#found;
    if (found !== undefined && this.#now() - found.atMs < CONFIGURATION_MAX_AGE_MS) return found.configuration;
    this.#finding ??= this.#discover().finally(() => (this.#finding = undefined));
    try {
      return await this.#finding;
    } catch (error) {
      if (found !== undefined) return found.configuration;
      throw signInError(error);
    }
  }

  async #discover(): Promise<OpenId.Configuration> {
    const client = await import('openid-client');
    const { providerUrl, issuerUrl, clientId, clientSecret } = this.options;
    const place = new URL(providerUrl);
    place.pathname = `${place.pathname.replace(/\/$/, '')}/.well-known/openid-configuration`;
    // Only an address on this very machine may be one.
    const isPlain = providerUrl.protocol === 'http:';
    // oxlint-disable-next-line typescript/no-deprecated -- so that it stands out, its author says
    const execute: ((configuration: OpenId.Configuration) => void)[] = isPlain ? [client.allowInsecureRequests] : [];
    const options = { timeout: TIMEOUT_SECONDS, execute };
    const metadata = (await client.discovery(place, clientId, undefined, client.None(), options)).serverMetadata();
    const isExpected =
      issuerUrl === undefined
        ? withoutSlash(metadata.issuer) === withoutSlash(providerUrl.href)
        : metadata.issuer === issuerUrl;
    if (!isExpected) {
      throw new SignInError('failed', `the provider at ${providerUrl.href} calls itself ${metadata.issuer}`);
    }
    const isBasic = metadata.token_endpoint_auth_methods_supported?.includes('client_secret_basic') ?? true;
    const secretBy = isBasic ? client.ClientSecretBasic : client.ClientSecretPost;
    const configuration = new client.Configuration(
      metadata,
      clientId,
      { [client.clockTolerance]: CLOCK_TOLERANCE_SECONDS },
      clientSecret === undefined ? client.None() : secretBy(clientSecret),
    );
    configuration.timeout = TIMEOUT_SECONDS;
    for (const extend of execute) extend(configuration);
    // The ID token's signature counts, too, not only that it came from the provider's address.
    client.enableNonRepudiationChecks(configuration);
    this.#found = { configuration, atMs: this.#now() };
    return configuration;
  }

  /** `old`: what is not given anew stays as it was. */
  async #tokens(reply: OpenId.TokenEndpointResponse, old: Tokens | undefined): Promise<Tokens> {
    const issuedAtMs = this.#now();
    const id = reply.id_token ?? old?.id ?? '';
    const bearer = this.options.bearer === 'id' ? id : reply.access_token;
    const lifeMs = reply.expires_in === undefined ? undefined : reply.expires_in * 1_000;
    return {
      access: reply.access_token,
      id,
      refresh: reply.refresh_token ?? old?.refresh,
      issuedAtMs,
      expiresAtMs: (await expiryOf(bearer)) ?? issuedAtMs + (lifeMs ?? CONFIGURATION_MAX_AGE_MS),
    };
  }
}

/** When a token says that it ends; undefined for one that says nothing. */
async function expiryOf(token: string): Promise<number | undefined> {
  const { decodeJwt } = await import('jose');
  try {
    const { exp } = decodeJwt(token);
    return exp === undefined ? undefined : exp * 1_000;
  } catch {
    return undefined;
  }
}

function personOf(claims: OpenId.IDToken | undefined): Person {
  const text = (name: string): string => {
    const value = claims?.[name];
    return typeof value === 'string' ? value.slice(0, 200) : '';
  };
  const subject = claims?.sub ?? '';
  const email = text('email');
  return { subject, email, name: text('name') || text('preferred_username') || email || subject };
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, '');
}
