import type { RunningServer, ServerOptions } from '@perdure/server';

/** What the development server needs of a running one. */
export type DevServer = Pick<RunningServer, 'ports' | 'failed' | 'stop'>;

/** `startServer` of @perdure/server. */
export type StartServer = (options: ServerOptions) => Promise<DevServer>;
