export { assertBatch, RUN_KEY_MAX, SHARD_MAX } from './batch-check.ts';
export { MemoryStore } from './memory-store.ts';
export * from './store.ts';
export * from './store-error.ts';
