import { DamagedValue } from './packing/lz.ts';
import { StoreError, StoreFailure } from '@perdure/storage/error';

/** What was being done when SQLite failed: only a failed commit can have an unknown outcome. */
export type SqlitePhase = 'open' | 'read' | 'write' | 'commit';

/** Primary result codes. SQLite: sqlite.org/rescode.html. */
const Code = {
  Busy: 5,
  Locked: 6,
  ReadOnly: 8,
  IoError: 10,
  Corrupt: 11,
  Full: 13,
  CannotOpen: 14,
  Constraint: 19,
  NotADatabase: 26,
} as const;

/** A failure of SQLite, or of what is packed in it, in the words of the Store's contract; anything that is a bug comes back as it is. */
export function toStoreError(error: unknown, phase: SqlitePhase, file: string): unknown {
  if (error instanceof DamagedValue) return corrupt(file, phase, error);
  const code = sqliteCode(error);
  if (code === undefined) return error;
  switch (code & 0xff) {
    case Code.Busy:
    case Code.Locked:
      return new StoreError(StoreFailure.Locked, `Another program has locked ${file}: end it and try again.`, {
        cause: error,
      });
    case Code.Full:
      return new StoreError(
        StoreFailure.Full,
        `No space is left for ${file}: nothing of this was written. Free some space on its disk.`,
        { cause: error },
      );
    case Code.Corrupt:
    case Code.NotADatabase:
      return corrupt(file, phase, error);
    case Code.ReadOnly:
      return unavailable(`${file} cannot be written: check its permissions and those of its folder.`, phase, error);
    case Code.CannotOpen:
      return unavailable(`${file} cannot be opened: check that its folder exists and may be written.`, phase, error);
    case Code.IoError:
      return unavailable(`The disk failed under ${file} (${describe(error, code)}).`, phase, error);
    default:
      return error;
  }
}

/** A sync of the log that failed: the system's own error, in the words of the Store's contract. */
export function syncFailure(error: unknown, file: string): StoreError {
  return unavailable(`The disk failed under ${file} (${String(error)}).`, 'commit', error);
}

function corrupt(file: string, phase: SqlitePhase, cause: unknown): StoreError {
  const message =
    phase === 'open'
      ? `${file} is damaged or not a database: restore it from a copy or name another file.`
      : `${file} is damaged: end the server and restore the file from a copy.`;
  return new StoreError(StoreFailure.Corrupt, message, {
    cause,
    outcomeUnknown: phase === 'commit',
    stopped: phase === 'write' || phase === 'commit',
  });
}

/**
 * After a commit that failed while it was written or synced, what is on the disk is unknown, and a later fsync may claim
 * success for pages that the system has given up: nothing may be confirmed any more.
 */
function unavailable(message: string, phase: SqlitePhase, cause: unknown): StoreError {
  const atCommit = phase === 'commit';
  const advice = atCommit ? ' Start the server anew: it goes on with what is durable.' : '';
  return new StoreError(StoreFailure.Unavailable, message + advice, {
    cause,
    outcomeUnknown: atCommit,
    stopped: atCommit,
  });
}

/** The extended result code of an error that came from SQLite. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode : undefined;
}

function describe(error: unknown, code: number): string {
  return `${error instanceof Error ? error.message : String(error)}, SQLite ${code}`;
}
