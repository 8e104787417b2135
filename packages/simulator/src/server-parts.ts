/**
 * The parts of the server that the simulator puts together itself: all but the sockets. The server's public entry starts
 * a listening server; this is the one door to what lies behind it.
 */
export { createDynamicConfig, type DynamicConfig } from '../../server/src/config/dynamic-config.ts';
export { Engine } from '../../server/src/engine/engine.ts';
export { HistoryReader } from '../../server/src/engine/history-reader.ts';
export type { LoadedRun } from '../../server/src/engine/loaded-run.ts';
export { decodeSnapshot, decodeTransition } from '../../server/src/engine/record.ts';
export type { Host, HostTimer } from '../../server/src/host/host.ts';
export { createUuidSource } from '../../server/src/host/uuid.ts';
export { Namespaces } from '../../server/src/namespaces/namespaces.ts';
export { clusterIdOf } from '../../server/src/rpc/cluster-id.ts';
export { makeHandlers } from '../../server/src/rpc/make-handlers.ts';
export { OutstandingPolls } from '../../server/src/rpc/outstanding-polls.ts';
export { Tokens } from '../../server/src/rpc/tokens.ts';
export { InProcessCaller, type InProcessReply } from '../../server/src/transport/in-process.ts';
