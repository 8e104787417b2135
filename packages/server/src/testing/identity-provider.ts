import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, decodeJwt } from 'jose';
import Provider, { type JWK } from 'oidc-provider';

/** What a client is known by, and what its access tokens are for. */
export const TEST_CLIENT_ID = 'perdure';
export const TEST_CLIENT_SECRET = 'the-secret-of-the-client';
export const TEST_AUDIENCE = 'https://perdure.example';

/** What people of these names may do; others nothing. */
const PERMISSIONS: Readonly<Record<string, readonly string[]>> = {
  ada: ['temporal-system:admin'],
  reader: ['default:read'],
};

/** An ID token that is not as it should be: other claims, or signed by somebody else. */
export interface Spoiling {
  readonly claims?: JWTPayload;
  readonly isForged?: boolean;
}

const KEY_ID = 'the key of the provider';

/** A provider of OpenID Connect on the loopback interface, with a page to sign in at: any name does. */
export class IdentityProvider {
  readonly #server: Server;
  readonly issuer: string;
  /** How long its tokens live. */
  tokenSeconds = 300;
  /** Whom access tokens are for. */
  audience = TEST_AUDIENCE;
  /** Whether it answers with errors. */
  isDown = false;
  /** How often it was asked for anything. */
  requests = 0;
  /** Of each token that it gave, what for: `authorization_code`, `refresh_token`. */
  readonly granted: string[] = [];
  readonly #grants = new EventEmitter();
  /** What is wrong with the ID tokens that it gives. */
  spoiling: Spoiling | undefined;
  readonly #key: CryptoKey;
  readonly #jwk: JWK;
  #provider: Provider | undefined;

  private constructor(server: Server, key: CryptoKey, jwk: JWK) {
    this.#server = server;
    this.#key = key;
    this.#jwk = jwk;
    this.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<IdentityProvider> {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const jwk = { ...(await exportJWK(privateKey)), kid: KEY_ID, alg: 'RS256', use: 'sig' } as JWK;
    const provider = new IdentityProvider(server, privateKey, jwk);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void provider.#serve(request, response);
    });
    return provider;
  }

  /** Knows the client from now on. `base`: the address of the Web UI, with a slash at its end. */
  register(base: string): void {
    const provider = this.#make(base);
    provider.on('grant.success', (context) => {
      const type = String(context.oidc.params?.['grant_type']);
      this.granted.push(type);
      this.#grants.emit(type);
    });
    this.#provider = provider;
  }

  /** Resolves when it has given the next token of this kind. */
  async nextGrant(type: string): Promise<void> {
    await once(this.#grants, type);
  }

  get keysUrl(): string {
    return `${this.issuer}/jwks`;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    if (this.isDown || this.#provider === undefined) {
      response.writeHead(503).end();
      return;
    }
    const [, place, , action] = (request.url ?? '').split('/');
    if (place === 'token' && this.spoiling !== undefined) this.#spoil(this.spoiling, response);
    if (place === 'interaction') await this.#interact(this.#provider, request, response, action === 'deny');
    else await (this.#provider.callback()(request, response) as Promise<void>);
  }

  /** The page to sign in at: a form, what it sends, and the way out. */
  async #interact(
    provider: Provider,
    request: IncomingMessage,
    response: ServerResponse,
    isDenied: boolean,
  ): Promise<void> {
    const { uid, params } = await provider.interactionDetails(request, response);
    if (isDenied) {
      return provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'no' });
    }
    if (request.method !== 'POST') {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(
        `<!doctype html><title>The provider</title><h1>The provider</h1><form method="post" action="/interaction/${uid}">
        <label>Name <input name="login" autofocus></label><button>Sign in here</button></form>
        <a href="/interaction/${uid}/deny">Deny</a>`,
      );
      return;
    }
    const accountId = new URLSearchParams((await request.toArray()).join('')).get('login') ?? '';
    const grant = new provider.Grant({ accountId, clientId: String(params['client_id']) });
    grant.addOIDCScope('openid profile email offline_access');
    grant.addResourceScope(this.audience, 'perdure');
    await provider.interactionFinished(request, response, {
      login: { accountId },
      consent: { grantId: await grant.save() },
    });
  }

  /** Puts another ID token into an answer, once it is there. */
  #spoil({ claims, isForged = false }: Spoiling, response: ServerResponse): void {
    const end = response.end.bind(response) as (text: string) => ServerResponse;
    const send = async (text: string): Promise<void> => {
      const json = JSON.parse(text) as { id_token: string };
      const key = isForged ? (await generateKeyPair('RS256')).privateKey : this.#key;
      const token = new SignJWT({ ...decodeJwt(json.id_token), ...claims });
      const spoiled = await token.setProtectedHeader({ alg: 'RS256', kid: KEY_ID }).sign(key);
      response.removeHeader('content-length');
      end(JSON.stringify({ ...json, id_token: spoiled }));
    };
    response.end = ((text: unknown) => {
      void send(String(text));
      return response;
    }) as typeof response.end;
  }

  #make(base: string): Provider {
    const seconds = (): number => this.tokenSeconds;
    return new Provider(this.issuer, {
      jwks: { keys: [this.#jwk] },
      clients: [
        {
          client_id: TEST_CLIENT_ID,
          client_secret: TEST_CLIENT_SECRET,
          redirect_uris: [`${base}auth/sso/callback`],
          post_logout_redirect_uris: [`${base}auth/signed-out`],
          grant_types: ['authorization_code', 'refresh_token'],
        },
      ],
      claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
      conformIdTokenClaims: false,
      pkce: { required: () => true },
      scopes: ['openid', 'profile', 'email', 'offline_access'],
      findAccount: (_, accountId) => ({
        accountId,
        claims: () => ({ sub: accountId, name: `${accountId} of the tests`, email: `${accountId}@example.com` }),
      }),
      issueRefreshToken: () => Promise.resolve(true),
      rotateRefreshToken: true,
      extraTokenClaims: (_, token) => {
        const account = 'accountId' in token ? String(token.accountId) : '';
        return { permissions: PERMISSIONS[account] ?? [] };
      },
      ttl: { AccessToken: seconds, IdToken: seconds, RefreshToken: 86_400, Session: 86_400, Grant: 86_400 },
      interactions: { url: (_, { uid }) => `/interaction/${uid}` },
      cookies: { keys: ['a key of the tests'] },
      features: {
        devInteractions: { enabled: false },
        revocation: { enabled: true },
        rpInitiatedLogout: {
          enabled: true,
          logoutSource: (context, form) => {
            context.body = `<!doctype html><title>The provider</title><h1>The provider</h1>${form}
              <button form="op.logoutForm" name="logout" value="yes">Sign out there</button>`;
          },
        },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => this.audience,
          useGrantedResource: () => true,
          getResourceServerInfo: () => ({ scope: 'perdure', audience: this.audience, accessTokenFormat: 'jwt' }),
        },
      },
    });
  }
}
