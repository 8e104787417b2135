import type { Stage } from '../actor.ts';
import { BatchingClient } from './batching-client.ts';
import type { Client, ClientContext } from './client.ts';
import { DeletingClient } from './deleting-client.ts';
import { DisowningClient } from './disowning-client.ts';
import { EndingClient } from './ending-client.ts';
import { HoldingClient } from './holding-client.ts';
import { KeepingClient } from './keeping-client.ts';
import { MeddlingClient } from './meddling-client.ts';
import { QueryingClient } from './querying-client.ts';
import { ReadingClient } from './reading-client.ts';
import { ResettingClient } from './resetting-client.ts';
import { SchedulingClient } from './scheduling-client.ts';
import { SignalingClient } from './signaling-client.ts';
import { StartingClient } from './starting-client.ts';
import { UpdateWithStartClient } from './update-with-start-client.ts';
import { UpdatingClient } from './updating-client.ts';

/** A kind of client. */
interface ClientKind {
  readonly name: string;
  readonly count: number;
  /** How many of all worlds have it: what is left out makes room for the others, and for other orders of things. */
  readonly share: number;
  readonly make: new (stage: Stage, name: string, context: ClientContext) => Client;
}

/** All that put a load on the server, a file each. */
export const CLIENT_KINDS: readonly ClientKind[] = [
  { name: 'starter', count: 2, share: 1, make: StartingClient },
  { name: 'signaler', count: 2, share: 1, make: SignalingClient },
  { name: 'updater', count: 2, share: 0.8, make: UpdatingClient },
  { name: 'updating-starter', count: 1, share: 0.7, make: UpdateWithStartClient },
  { name: 'meddler', count: 1, share: 0.8, make: MeddlingClient },
  { name: 'resetter', count: 1, share: 0.7, make: ResettingClient },
  { name: 'scheduler', count: 1, share: 0.6, make: SchedulingClient },
  { name: 'batcher', count: 1, share: 0.5, make: BatchingClient },
  { name: 'deleter', count: 1, share: 0.5, make: DeletingClient },
  { name: 'disowner', count: 1, share: 0.4, make: DisowningClient },
  { name: 'keeper', count: 1, share: 0.3, make: KeepingClient },
  { name: 'ender', count: 1, share: 1, make: EndingClient },
  { name: 'holder', count: 1, share: 0.6, make: HoldingClient },
  { name: 'reader', count: 1, share: 0.7, make: ReadingClient },
  { name: 'asker', count: 1, share: 0.7, make: QueryingClient },
];
