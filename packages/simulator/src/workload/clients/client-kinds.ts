import type { Stage } from '../actor.ts';
import type { Client, ClientContext } from './client.ts';
import { MeddlingClient } from './meddling-client.ts';
import { QueryingClient } from './querying-client.ts';
import { ReadingClient } from './reading-client.ts';
import { ResettingClient } from './resetting-client.ts';
import { SignalingClient } from './signaling-client.ts';
import { StartingClient } from './starting-client.ts';
import { UpdateWithStartClient } from './update-with-start-client.ts';
import { UpdatingClient } from './updating-client.ts';

/** A kind of client, and how many of it there are. */
interface ClientKind {
  readonly name: string;
  readonly count: number;
  readonly make: new (stage: Stage, name: string, context: ClientContext) => Client;
}

/** All that put a load on the server, a file each. */
export const CLIENT_KINDS: readonly ClientKind[] = [
  { name: 'starter', count: 2, make: StartingClient },
  { name: 'signaler', count: 2, make: SignalingClient },
  { name: 'updater', count: 2, make: UpdatingClient },
  { name: 'updating-starter', count: 1, make: UpdateWithStartClient },
  { name: 'meddler', count: 1, make: MeddlingClient },
  { name: 'resetter', count: 1, make: ResettingClient },
  { name: 'reader', count: 1, make: ReadingClient },
  { name: 'asker', count: 1, make: QueryingClient },
];
