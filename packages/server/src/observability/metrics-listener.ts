import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ListenError } from '../transport/listen-error.ts';
import type { MetricsRegistry } from './metrics.ts';
import { answerProbe, type Readiness } from './readiness.ts';
import { METRICS_CONTENT_TYPE } from './metrics-text.ts';

// An `import` of this module would also load Node's HTTP client, for 20 ms of a start.
const { createServer } = process.getBuiltinModule('node:http');

export interface MetricsListenerOptions {
  /** An address of this machine. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly registry: MetricsRegistry;
  readonly readiness: Readiness;
}

export interface MetricsListener {
  readonly port: number;
  /** Ends at once: a scrape that is under way may be cut. */
  close(): Promise<void>;
}

/** A scrape is one small request: what takes longer to arrive is no scrape. */
const REQUEST_TIMEOUT_MS = 10_000;
const CONNECTIONS_MAX = 64;

/** Serves `GET /metrics`, and the probes `/healthz` and `/readyz`. Fails with a `ListenError`. */
export async function listenForMetrics(options: MetricsListenerOptions): Promise<MetricsListener> {
  const { host, port } = options;
  const server = createServer((request, response) => answer(request, response, options));
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.headersTimeout = REQUEST_TIMEOUT_MS;
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new ListenError(host, port, error)));
    server.listen({ host, port, exclusive: true }, resolve);
  });
  server.removeAllListeners('error');
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(request: IncomingMessage, response: ServerResponse, options: MetricsListenerOptions): void {
  const { host, registry, readiness } = options;
  const path = request.url?.split('?')[0] ?? '';
  const probe = answerProbe(path, readiness);
  if (probe !== undefined) {
    response.writeHead(probe.status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(probe.body);
    return;
  }
  if (!isOwnName(request.headers.host, host)) refuse(response, 403, 'Host not allowed.');
  else if (path !== '/metrics') refuse(response, 404, 'Not found: try /metrics.');
  else if (request.method !== 'GET' && request.method !== 'HEAD') refuse(response, 405, 'GET only.');
  else {
    const text = registry.render();
    response.writeHead(200, { 'content-type': METRICS_CONTENT_TYPE, 'content-length': Buffer.byteLength(text) });
    response.end(request.method === 'HEAD' ? undefined : text);
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(`${text}\n`);
}

/**
 * Whether the request was meant for this address: `localhost`, a literal IP address or the name that was listened on. A
 * web page can make a browser call us under a name of the page's own (DNS rebinding), but not under these.
 */
function isOwnName(header: string | undefined, host: string): boolean {
  const name = (header ?? '').replace(/:\d+$/, '').toLowerCase();
  return name === 'localhost' || name === host.toLowerCase() || /^(\d+\.){3}\d+$|^\[[0-9a-f:.]+\]$/.test(name);
}
