import { GrpcStatus, isRejection } from '@perdure/core';
import type { WorkflowKey } from './aggregate.ts';

/** The shard of a workflow: FNV-1a over namespace id and workflow id. Fixed for good, as the store is laid out by it. */
export function shardOf(key: WorkflowKey, shardCount: number): number {
  if (shardCount === 1) return 0;
  let hash = 0x811c9dc5;
  const name = `${key.namespaceId}/${key.workflowId}`;
  for (let index = 0; index < name.length; index++) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % shardCount;
}

/** A refusal that says nothing of the receiver's state, only that it could not be reached now. */
export function isTransient(answer: unknown): boolean {
  return (
    isRejection(answer) && (answer.status === GrpcStatus.Unavailable || answer.status === GrpcStatus.ResourceExhausted)
  );
}
