import { isRejection, type AttributeType } from '@perdure/core';
import type { Store } from '@perdure/storage';
import { startBackend, type Backend } from './backend.ts';
import type { DynamicConfig } from './config/dynamic-config.ts';
import { keepaliveOptions, transportBounds } from './config/listener-settings.ts';
import type { Host } from './host/host.ts';
import { Listeners, type ListenOptions, type ListenPorts, pathSegments } from './listeners.ts';
import type { Namespaces } from './namespaces/namespaces.ts';
import { SYSTEM_NAMESPACE } from './namespaces/system-namespace.ts';
import { errorText, type Logger } from './observability/logger.ts';
import type { MetricsRegistry } from './observability/metrics.ts';
import { Readiness } from './observability/readiness.ts';
import { atMostPerSecond } from './observability/at-most-per-second.ts';
import { createServiceMetrics } from './observability/service-metrics.ts';
import { withRates } from './rates/with-rates.ts';
import type { HandlerTable } from './rpc/handler.ts';
import type { Authenticator } from './security/authenticator.ts';
import { withAuthorization } from './security/with-authorization.ts';
import type { SignIn } from './sign-in/sign-in.ts';
import { testServiceHandlers } from './time-skipping/test-service.ts';
import { TimeSkipping } from './time-skipping/time-skipping.ts';
import { withMetrics } from './transport/with-metrics.ts';

/** Workflows that stay in memory: enough for what is active at a time, few enough to read again at a restart. */
const WORKFLOWS_IN_MEMORY_MAX = 5_000;

/** How many calls that were denied are logged each second, so that nobody fills the log. */
const DENIALS_LOGGED_PER_SECOND = 10;

/** The same for warnings of sizes. */
const WARNINGS_LOGGED_PER_SECOND = 10;

/** Shards of a store of one process. */
const SHARD_COUNT = 1;

/** There is no other. */
const CLUSTER_NAME = 'active';

export interface ServerOptions extends ListenOptions {
  /** Closed when the server has stopped; one that could not start may leave it to its caller. */
  readonly store: Store;
  readonly host: Host;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
  readonly config: DynamicConfig;
  /** Finds out who calls; undefined: everybody may do everything. */
  readonly authenticator?: Authenticator | undefined;
  /** For tests: the clock skips what nothing but time is awaited for, and TestService moves it. Off where undefined. */
  readonly timeSkipping?: 'locked' | 'unlocked' | undefined;
  /** Namespaces to have from the start. */
  readonly namespaces: readonly string[];
  /** How long closed runs are kept in those of them that are new. */
  readonly retentionMs: number;
  /** Told when requests are taken and when no longer, for those who answer probes elsewhere. */
  readonly readiness?: Readiness;
  /** Search attributes to have from the start, in each of those namespaces. */
  readonly searchAttributes: ReadonlyMap<string, AttributeType>;
}

/** What was asked for at the start cannot be had; the message says what, for a person. */
export class SetUpError extends Error {
  override readonly name = 'SetUpError';
}

export interface RunningServer {
  readonly ports: ListenPorts;
  /** Everything that is served, for callers within the process. */
  readonly handlers: HandlerTable;
  /** Settles if the server cannot go on, such as when its disk is full. It has to be stopped then. */
  readonly failed: Promise<Error>;
  /** Says to probes that the server is about to stop. It serves as before until it is stopped. */
  announceDrain(): void;
  /** Ends long polls, waits up to `graceMs` for calls under way and for the last commit, then closes the store. */
  stop(graceMs: number): Promise<void>;
}

/** Brings up a server on a store: takes over what was under way, then serves. Rejects with what stands in the way. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const time = options.timeSkipping && new TimeSkipping(options.host, options.timeSkipping);
  const host = time?.host ?? options.host;
  const failure = Promise.withResolvers<Error>();
  const readiness = options.readiness ?? new Readiness();
  const backend = await openBackend(options, host, (error) => {
    readiness.set(false);
    failure.resolve(error);
  });
  try {
    const handlers = guarded(options, host, backend, time);
    const signIn = await openSignIn(options, host);
    const listeners = makeListeners(options, host, handlers, readiness, signIn);
    const ports = await listeners.start();
    time?.start(backend.engine);
    readiness.set(true);
    const announceDrain = (): void => {
      readiness.set(false);
      listeners.announceDrain();
    };
    const stop = async (graceMs: number): Promise<void> => {
      announceDrain();
      backend.rest();
      time?.stop();
      await listeners.drain(graceMs);
      await backend.stop();
    };
    return { ports, handlers, failed: failure.promise, announceDrain, stop };
  } catch (error) {
    await backend.stop();
    throw error;
  }
}

function openBackend(options: ServerOptions, host: Host, onFatal: (error: Error) => void): Promise<Backend> {
  const { store, logger, config } = options;
  const warn = atMostPerSecond(WARNINGS_LOGGED_PER_SECOND, () => host.now());
  return startBackend({
    store,
    host,
    config,
    shardCount: SHARD_COUNT,
    clusterName: CLUSTER_NAME,
    workflowsInMemoryMax: WORKFLOWS_IN_MEMORY_MAX,
    prepare: (namespaces) => makeNamespaces(namespaces, options),
    onError: (message, error, fields) => logger.error(message, { ...fields, error: errorText(error) }),
    onWarning: (message, fields) => warn(() => logger.warn(message, fields)),
    onFatal,
  });
}

/** The handlers as callers from outside reach them: counted, within their rates, and only for those who may. */
function guarded(
  options: ServerOptions,
  host: Host,
  { handlers, namespaces }: Backend,
  time: TimeSkipping | undefined,
): HandlerTable {
  const { config, metrics } = options;
  const now = (): number => host.now();
  const all = time === undefined ? handlers : new Map([...handlers, ...testServiceHandlers(time)]);
  const isKnown = (name: string): boolean => namespaces.byName(name) !== undefined;
  const allowed = authorized(options, host, withRates(all, { config, now, isKnown }));
  return withMetrics(allowed, createServiceMetrics(metrics, now), namespaces);
}

/** Sign-in to the Web UI, where it is asked for. */
async function openSignIn(
  { ui, authenticator, store, logger }: ServerOptions,
  host: Host,
): Promise<SignIn | undefined> {
  if (ui?.signIn === undefined) return undefined;
  if (authenticator === undefined) throw new SetUpError('sign-in to the Web UI needs authentication');
  const publicPath = pathSegments(ui.publicPath ?? '/');
  const { SignIn: loaded } = await import('./sign-in/sign-in.ts');
  return loaded.open(ui.signIn, { store, host, logger, authenticator, publicPath });
}

function makeListeners(
  options: ServerOptions,
  host: Host,
  handlers: HandlerTable,
  readiness: Readiness,
  signIn: SignIn | undefined,
): Listeners {
  return new Listeners(options, {
    handlers,
    now: () => host.now(),
    randomBytes: (length) => host.randomBytes(length),
    reportError: (error, method) => options.logger.error('handler failed', { method, error: errorText(error) }),
    readiness,
    bounds: transportBounds(options.config),
    keepalive: keepaliveOptions(options.config),
    authenticator: options.authenticator,
    signIn,
  });
}

/** The handlers for those who may call them. Calls from within the server itself do not come this way. */
function authorized({ authenticator, logger }: ServerOptions, host: Host, handlers: HandlerTable): HandlerTable {
  if (authenticator === undefined) return handlers;
  const report = atMostPerSecond(DENIALS_LOGGED_PER_SECOND, () => host.now());
  return withAuthorization(handlers, authenticator, ({ operation, namespace, caller }) => {
    report(() => logger.warn('call denied', { operation, namespace, caller }));
  });
}

/** What a server has from its first start on. */
async function makeNamespaces(namespaces: Namespaces, options: ServerOptions): Promise<void> {
  await namespaces.ensure(SYSTEM_NAMESPACE);
  for (const name of new Set(options.namespaces)) {
    const namespace = await namespaces.ensure({ name, retentionMs: options.retentionMs });
    if (options.searchAttributes.size === 0) continue;
    const added = await namespaces.addSearchAttributes(namespace.id, options.searchAttributes);
    if (isRejection(added)) throw new SetUpError(`namespace ${name}: ${added.message}`);
  }
}
