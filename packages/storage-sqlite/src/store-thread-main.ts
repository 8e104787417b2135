import { parentPort, workerData } from 'node:worker_threads';
import { checkpoint } from './checkpoint.ts';
import { fileName, openConnection } from './connection.ts';
import { QueryConnection } from './query-connection.ts';
import {
  packError,
  type ThreadReply,
  type ThreadRequest,
  type ThreadResults,
  type ThreadSettings,
} from './thread-protocol.ts';
import { decodeWrites } from './write-codec.ts';
import { WriteConnection } from './write-job.ts';

/** The body of a thread with a connection of its own: commits on one, costly queries and checkpoints on another. */
const { connection, role } = workerData as ThreadSettings;
const port = parentPort;
if (port === null) throw new Error('invariant broken: this is the body of a thread');

const file = fileName(connection.file);
const database = openConnection(connection, role);
const writes = role === 'writer' ? new WriteConnection(database, file) : undefined;
const queries = role === 'background' ? new QueryConnection(database, file) : undefined;

function serve(request: ThreadRequest): ThreadResults[ThreadRequest['kind']] {
  switch (request.kind) {
    case 'apply':
      return of(writes).run({ kind: 'apply', through: request.through, writes: decodeWrites(request.writes) });
    case 'write':
      return of(writes).run(request.job);
    case 'query':
      return of(queries).all(request.sql, request.limitMs);
    case 'checkpoint':
      return checkpoint(database, 'PASSIVE', file);
  }
}

function of<Connection>(connectionOfRole: Connection | undefined): Connection {
  if (connectionOfRole === undefined) throw new Error(`invariant broken: the ${role} thread does not do this`);
  return connectionOfRole;
}

function reply(message: ThreadReply): void {
  port?.postMessage(message);
}

port.on('message', (request: ThreadRequest | 'close') => {
  if (request === 'close') {
    database.close();
    port.close();
    return;
  }
  try {
    reply({ kind: 'done', result: serve(request) });
  } catch (error) {
    reply({ kind: 'failed', error: packError(error) });
  }
});
reply({ kind: 'ready' });
