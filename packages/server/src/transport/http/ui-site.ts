import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { tokenIn } from '../../security/authenticator.ts';
import type { SignIn } from '../../sign-in/sign-in.ts';
import type { Site } from './http-server.ts';
import { pagePolicy } from './page-policy.ts';
import type { RequestUrl } from './request-url.ts';
import { isUnchanged, readIfThere, readStaticFile, type StaticFile } from './static-file.ts';
import { uiSettings, type UiSettings } from './ui-settings.ts';

/** What the Web UI is served with. */
export interface UiSiteOptions extends Omit<UiSettings, 'grpcAddress' | 'auth'> {
  /** Known once the gRPC service listens. */
  readonly grpcAddress: () => string;
  /** The folder of the built UI: `index.html`, and `assets/` whose names carry a hash. Without it only the API is there. */
  readonly assets?: string | undefined;
  /** Segments under which the UI is mounted: none for `/`. */
  readonly publicPath: readonly string[];
  readonly randomBytes: (length: number) => Uint8Array;
  /** How readers sign in; undefined: their browser asks them. */
  readonly signIn?: Pick<SignIn, 'serve' | 'settings'> | undefined;
}

const NONCE_BYTES = 16;
/** Stands in the built page where the nonce belongs. */
const NONCE_PLACE = '__CSP_NONCE__';

/** Names carry a hash of the content, so what was fetched once is never asked for again. */
const CACHED_FOR_GOOD = 'public, max-age=31536000, immutable';

/** The Web UI: its files, its settings, and its page for whatever else is asked for, since it routes by itself. */
export class UiSite implements Site {
  readonly #options: UiSiteOptions;

  constructor(options: UiSiteOptions) {
    this.#options = options;
  }

  owns(segments: readonly string[]): boolean {
    const [root, version, name, ...more] = segments;
    if (root !== 'api' || version !== 'v1') return true;
    return (name === 'settings' || name === 'access-token') && more.length === 0;
  }

  async serve(request: IncomingMessage, response: ServerResponse, url: RequestUrl): Promise<void> {
    const { segments } = url;
    const { signIn } = this.#options;
    if (signIn !== undefined && segments[0] === 'auth') return signIn.serve(request, response, url);
    if (request.method !== 'GET' && request.method !== 'HEAD') return sendText(response, 405, 'GET only.');
    const [root, , name] = segments;
    if (root === 'api' && name === 'access-token') return this.#sendAccessToken(request, response);
    if (root === 'api') return sendJson(response, uiSettings(this.#settings()));
    if (root === 'healthz') return sendJson(response, { status: 'OK' });
    const { assets } = this.#options;
    if (assets === undefined) return sendText(response, 404, 'The Web UI is not installed; its API is at /api/v1.');
    const file = await readStaticFile(assets, segments, request.headers);
    if (file !== undefined) return sendFile(request, response, file, root === 'assets');
    // Whatever else is asked for is a place within the UI, but for what an old page may still look for.
    if (root === 'assets') return sendText(response, 404, 'Not found.');
    return this.#sendPage(request, response, assets);
  }

  #settings(): UiSettings {
    return { ...this.#options, grpcAddress: this.#options.grpcAddress(), auth: this.#options.signIn?.settings() };
  }

  /** What the reader has shown of himself, for the page to show to a codec server; only where the operator wants that. */
  #sendAccessToken(request: IncomingMessage, response: ServerResponse): void {
    const token = this.#options.codecTakesToken ? tokenIn(request.headers.authorization) : undefined;
    sendJson(response, token === undefined ? {} : { accessToken: token });
  }

  async #sendPage(request: IncomingMessage, response: ServerResponse, assets: string): Promise<void> {
    const { publicPath, randomBytes, codecEndpoint } = this.#options;
    const page = await readIfThere(join(assets, 'index.html'));
    if (page === undefined) return sendText(response, 404, 'The Web UI is not built; its API is at /api/v1.');
    const nonce = Buffer.from(randomBytes(NONCE_BYTES)).toString('base64');
    const base = `/${publicPath.map((segment) => `${encodeURIComponent(segment)}/`).join('')}`;
    const html = page.toString().replaceAll(NONCE_PLACE, nonce).replace('<base href="/"', `<base href="${base}"`);
    send(request, response, Buffer.from(html), {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'content-security-policy': pagePolicy(nonce, codecEndpoint, request.headers.cookie),
      'cross-origin-opener-policy': 'same-origin',
      vary: 'cookie',
    });
  }
}

function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: StaticFile,
  isCachedForGood: boolean,
): void {
  const headers = {
    ...file.headers,
    'cache-control': isCachedForGood ? CACHED_FOR_GOOD : 'no-cache',
    // An SVG that is opened by itself must not run anything either.
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  };
  if (!isUnchanged(request.headers, file.headers['etag'])) return send(request, response, file.bytes, headers);
  response.writeHead(304, headers);
  response.end();
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  headers: Readonly<Record<string, string>>,
): void {
  response.writeHead(200, {
    'content-length': bytes.length,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function sendJson(response: ServerResponse, json: object): void {
  response.writeHead(200, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(JSON.stringify(json));
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
  response.end(`${text}\n`);
}
