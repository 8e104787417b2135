import { StoreError, type StoreFailure } from '@perdure/storage/error';
import type { ConnectionRole, ConnectionSettings } from './connection.ts';
import type { Row } from './row.ts';
import type { WriteJob, WriteReply } from './write-job.ts';
import type { Sql } from './sql.ts';

/** What a thread is started with. */
export interface ThreadSettings {
  readonly connection: ConnectionSettings;
  readonly role: ConnectionRole;
}

/** What a thread is asked for; answered in order. */
export type ThreadRequest =
  /** Brings a part of the journal into the tables; the writes as a buffer of `encodeWrites`. */
  | { readonly kind: 'apply'; readonly through: number; readonly writes: Uint8Array }
  | { readonly kind: 'write'; readonly job: Exclude<WriteJob, { kind: 'commit' | 'apply' }> }
  | { readonly kind: 'query'; readonly sql: Sql; readonly limitMs: number }
  | { readonly kind: 'checkpoint' };

/** What each request gives back. */
export interface ThreadResults {
  readonly apply: WriteReply;
  readonly write: WriteReply;
  readonly query: readonly Row[];
  readonly checkpoint: CheckpointResult;
}

export interface CheckpointResult {
  /** Pages in the log. */
  readonly logPages: number;
  /** How many of them are in the database file. */
  readonly checkpointedPages: number;
}

export type ThreadReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly result: ThreadResults[ThreadRequest['kind']] }
  | { readonly kind: 'failed'; readonly error: ThreadError };

/** An error as it crosses: classes do not. */
export interface ThreadError {
  readonly message: string;
  /** Undefined for a bug. */
  readonly store:
    | { readonly failure: StoreFailure; readonly outcomeUnknown: boolean; readonly stopped: boolean }
    | undefined;
  readonly stack: string | undefined;
}

/** The form in which an error crosses. */
export function packError(error: unknown): ThreadError {
  if (!(error instanceof Error)) return { message: String(error), store: undefined, stack: undefined };
  const { message, stack } = error;
  if (!(error instanceof StoreError)) return { message, store: undefined, stack };
  const { failure, outcomeUnknown, stopped } = error;
  return { message, store: { failure, outcomeUnknown, stopped }, stack };
}

/** The error that crossed. */
export function unpackError({ message, store, stack }: ThreadError): Error {
  if (store !== undefined) return new StoreError(store.failure, message, { ...store, cause: stack });
  return new Error(message, { cause: stack });
}
