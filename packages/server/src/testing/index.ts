/**
 * The parts of the server that a test or the simulator puts together itself: all but the sockets. Not published.
 */
export { BatchWalker } from '../batches/batch-walker.ts';
export { createDynamicConfig, type DynamicConfig } from '../config/dynamic-config.ts';
export { Engine } from '../engine/engine.ts';
export { HistoryReader } from '../engine/history-reader.ts';
export type { LoadedRun } from '../engine/loaded-run.ts';
export { decodeSnapshot, decodeTransition } from '../engine/record.ts';
export type { Host, HostTimer, HttpReply, HttpRequest } from '../host/host.ts';
export { createUuidSource } from '../host/uuid.ts';
export { Namespaces } from '../namespaces/namespaces.ts';
export { clusterIdOf } from '../rpc/cluster-id.ts';
export { makeHandlers } from '../rpc/make-handlers.ts';
export { OutstandingPolls } from '../rpc/outstanding-polls.ts';
export { Tokens } from '../rpc/tokens.ts';
export { InProcessCaller, type InProcessReply } from '../transport/in-process.ts';
export { WorkerRegistry } from '../workers/worker-registry.ts';
export { TEST_CA, TEST_CLIENT, TEST_RENEWED, TEST_SERVER } from './certificates.ts';
export { TestHost } from './test-host.ts';
