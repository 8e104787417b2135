import { GrpcStatus } from '@perdure/core';
import type { Readiness } from './observability/readiness.ts';
import type { HandlerTable } from './rpc/handler.ts';
import type { Authenticator } from './security/authenticator.ts';
import type { SignIn, SignInOptions } from './sign-in/sign-in.ts';
import type { TransportBounds } from './transport/bounds.ts';
import { GrpcServer } from './transport/grpc/grpc-server.ts';
import type { KeepaliveOptions } from './transport/grpc/keepalive.ts';
import { HttpServer } from './transport/http/http-server.ts';
import type { JsonApiOptions } from './transport/http/json-api.ts';
import { actionsOf, type UiAction } from './transport/http/ui-actions.ts';
import { UiSite } from './transport/http/ui-site.ts';
import { ListenError, type ListenPart } from './transport/listen-error.ts';
import type { TlsIdentity } from './transport/tls.ts';
import { type ReportError, statusAnswer } from './transport/unary.ts';

/** Where to listen; port 0 takes a free one. */
export interface ListenAddress {
  /** Such as `127.0.0.1`. */
  readonly host: string;
  readonly port: number;
  /** Undefined: without TLS. */
  readonly tls?: TlsIdentity | undefined;
}

/** Where to listen for HTTP. */
export interface HttpAddress extends ListenAddress {
  /** Names under which it may be called, beside `localhost` and addresses; `*` stands for any characters. */
  readonly allowedHosts?: readonly string[];
}

/** Where and how the Web UI is served. */
export interface UiOptions extends HttpAddress {
  /** The folder of the built UI; without it only the API is there. */
  readonly assets?: string | undefined;
  /** Path under which everything is: `/` by default. */
  readonly publicPath?: string;
  /** HTTP address of a codec server that decodes payloads for the UI. */
  readonly codecEndpoint?: string;
  /** Whether the UI may show the token of its reader to codec servers. */
  readonly codecTakesToken?: boolean;
  /** Whether the browser sends its cookies to that codec server. */
  readonly codecTakesCookies?: boolean;
  readonly isNewsFetchDisabled?: boolean;
  /** Whether it only shows: the UI offers no writes, and its port refuses them. */
  readonly isReadOnly?: boolean;
  /** Actions that it does not offer, and that its port refuses. */
  readonly disabledActions?: readonly UiAction[];
  /** Whether what workers say of queries that fail is not shown. */
  readonly hidesQueryErrors?: boolean;
  /** Whether workflows are counted once, and not again while their list is looked at. */
  readonly countsOnce?: boolean;
  /** How readers sign in. Needs an authenticator, which judges the tokens. */
  readonly signIn?: SignInOptions | undefined;
}

/** What a server listens on. */
export interface ListenOptions {
  readonly grpc: ListenAddress;
  /** The HTTP/JSON API. */
  readonly http?: HttpAddress | undefined;
  /** The Web UI, with the API as it needs it below `/api/v1/`. */
  readonly ui?: UiOptions | undefined;
}

/** What all that listens shares. */
export interface ListenContext {
  readonly handlers: HandlerTable;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly reportError: ReportError;
  readonly readiness: Readiness;
  readonly bounds: TransportBounds;
  readonly keepalive: KeepaliveOptions;
  /** Undefined: nobody is asked who he is. */
  readonly authenticator: Authenticator | undefined;
  /** Undefined: nobody signs in. */
  readonly signIn: SignIn | undefined;
}

/** A port of each kind; undefined for what was not asked for. */
export interface ListenPorts {
  readonly grpc: number;
  readonly http: number | undefined;
  readonly ui: number | undefined;
}

interface Listener {
  start(): Promise<number>;
  drain(graceMs: number): Promise<void>;
}

/** How callers of the HTTP API count that do not say who they are. Temporal: common/headers, ClientNameServerHTTP. */
const HTTP_CLIENT_NAME = 'temporal-server-http';
const UI_CLIENT_NAME = 'temporal-ui';

/** Everything that a server listens on. */
export class Listeners {
  readonly #grpc: GrpcServer;
  readonly #grpcHost: string;
  readonly #http: Listener | undefined;
  readonly #ui: Listener | undefined;
  #grpcAddress = '';

  constructor(options: ListenOptions, context: ListenContext) {
    this.#grpc = new GrpcServer({ ...options.grpc, ...context, hasReflection: context.authenticator === undefined });
    this.#http = options.http && makeHttpServer(options.http, context);
    this.#ui = options.ui && makeUiServer(options.ui, context, () => this.#grpcAddress);
    this.#grpcHost = options.grpc.host;
  }

  /** Listens on all. Rejects with `ListenError` if one cannot be had, and listens on none then. */
  async start(): Promise<ListenPorts> {
    try {
      const grpc = await listen('frontend', this.#grpc);
      this.#grpcAddress = hostAndPort(this.#grpcHost, grpc);
      return {
        grpc,
        http: this.#http && (await listen('http', this.#http)),
        ui: this.#ui && (await listen('ui', this.#ui)),
      };
    } catch (error) {
      await this.drain(0);
      throw error;
    }
  }

  /** Tells who watches the health that the server is about to stop; all is served still. */
  announceDrain(): void {
    this.#grpc.announceDrain();
  }

  /** Takes no new connections, lets long polls answer and cuts off what has not ended after the grace. */
  async drain(graceMs: number): Promise<void> {
    const listeners = [this.#grpc, this.#http, this.#ui].filter((listener) => listener !== undefined);
    await Promise.all(listeners.map((listener) => listener.drain(graceMs)));
  }
}

async function listen(part: ListenPart, listener: Listener): Promise<number> {
  try {
    return await listener.start();
  } catch (error) {
    if (error instanceof ListenError) error.part = part;
    throw error;
  }
}

function makeHttpServer({ allowedHosts = [], ...address }: HttpAddress, context: ListenContext): HttpServer {
  return new HttpServer({
    ...address,
    ...context,
    signIn: undefined,
    payloads: 'shorthand',
    clientName: HTTP_CLIENT_NAME,
    allowedHosts,
  });
}

/** Of a path under which something is mounted. */
export function pathSegments(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function makeUiServer(options: UiOptions, context: ListenContext, grpcAddress: () => string): HttpServer {
  const { assets, publicPath = '/', isNewsFetchDisabled = false, isReadOnly = false } = options;
  const { disabledActions = [], hidesQueryErrors = false, countsOnce = false } = options;
  const { codecEndpoint = '', codecTakesToken = false, codecTakesCookies = false } = options;
  const mountPath = pathSegments(publicPath);
  return new HttpServer({
    host: options.host,
    port: options.port,
    tls: options.tls,
    ...context,
    payloads: 'full',
    clientName: UI_CLIENT_NAME,
    allowedHosts: options.allowedHosts ?? [],
    mountPath,
    isReadOnly,
    refuse: disabledActions.length === 0 ? undefined : refusalOf(new Set(disabledActions)),
    gatekeeper: context.authenticator,
    site: new UiSite({
      assets,
      publicPath: mountPath,
      codecEndpoint,
      codecTakesToken,
      codecTakesCookies,
      isNewsFetchDisabled,
      isReadOnly,
      disabledActions,
      hidesQueryErrors,
      countsOnce,
      grpcAddress,
      randomBytes: context.randomBytes,
      signIn: context.signIn,
    }),
  });
}

/** Refuses the calls that do what is switched off. */
function refusalOf(disabled: ReadonlySet<UiAction>): JsonApiOptions['refuse'] {
  return (method, message) => {
    const action = actionsOf(method, message).find((each) => disabled.has(each));
    if (action === undefined) return undefined;
    return statusAnswer(GrpcStatus.PermissionDenied, `The action "${action}" is disabled`);
  };
}
