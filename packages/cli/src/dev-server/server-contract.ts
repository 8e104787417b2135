import type { AttributeType } from '@perdure/core';
import type { DynamicConfig, Host, Logger, MetricsRegistry } from '@perdure/server';
import type { Store } from '@perdure/storage';

/** What the development server needs of `startServer` of @perdure/server. */
export type StartServer = (options: {
  readonly store: Store;
  readonly host: Host;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
  readonly dynamicConfig: DynamicConfig;
  readonly grpc: { readonly host: string; readonly port: number };
  readonly namespaces: readonly string[];
  readonly searchAttributes: ReadonlyMap<string, AttributeType>;
}) => Promise<RunningServer>;

export interface RunningServer {
  readonly grpcPort: number;
  /** Ends: requests that are being served may take so long. */
  stop(graceMs: number): Promise<void>;
  /** Resolves when the server cannot go on. */
  readonly failed: Promise<Error>;
}
