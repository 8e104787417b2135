import type { RunningServer, ServerOptions } from '@perdure/server';

/** What the commands need of a running server. */
export type ServerProcess = Pick<RunningServer, 'ports' | 'failed' | 'announceDrain' | 'stop'>;

/** `startServer` of @perdure/server. */
export type StartServer = (options: ServerOptions) => Promise<ServerProcess>;
