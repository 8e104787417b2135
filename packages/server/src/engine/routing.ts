import { GrpcStatus, isRejection, reject, type AggregateKey } from '@perdure/core';
import { kindAndId } from './kinds.ts';

/** The shard of an aggregate: FNV-1a over namespace id and id. Fixed for good, as the store is laid out by it. */
export function shardOf(key: AggregateKey, shardCount: number): number {
  if (shardCount === 1) return 0;
  let hash = 0x811c9dc5;
  const name = `${key.namespaceId}/${kindAndId(key).id}`;
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

/** Refusal of everything that was under way when a shard had to start over: callers may try again. */
export const SHARD_LOST = reject.unavailable('shard status unknown');
