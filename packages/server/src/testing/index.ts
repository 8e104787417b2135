/**
 * What a test or the simulator needs of the server: all of it but its sockets, and what stands in for the world around
 * it. Not published.
 */
export { startBackend } from '../backend.ts';
export { createDynamicConfig, type DynamicConfig } from '../config/dynamic-config.ts';
export { Engine } from '../engine/engine.ts';
export type { LoadedRun } from '../engine/loaded-run.ts';
export { decodeSnapshot, decodeTransition } from '../engine/record.ts';
export type { Host, HostTimer, HttpReply, HttpRequest } from '../host/host.ts';
export { createUuidSource } from '../host/uuid.ts';
export { decodeNamespace } from '../namespaces/namespace.ts';
export { REGISTRY as NAMESPACES } from '../namespaces/namespaces.ts';
export { InProcessCaller, type InProcessReply } from '../transport/in-process.ts';
export { TEST_CA, TEST_CLIENT, TEST_RENEWED, TEST_SERVER } from './certificates.ts';
export { TestHost } from './test-host.ts';
