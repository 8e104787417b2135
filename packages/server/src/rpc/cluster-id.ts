import type { Store } from '@perdure/storage';
import type { Host } from '../host/host.ts';

const REGISTRY = 'cluster';
const CLUSTER_ID = 'id';

/** The UUID by which clients know a cluster; made at the first start, the same for as long as the store is. */
export async function clusterIdOf(store: Store, host: Host): Promise<string> {
  const made = host.uuid();
  const body = Uint8Array.from(made, (character) => character.charCodeAt(0));
  if (await store.writeRegistry({ registry: REGISTRY, id: CLUSTER_ID, expectedVersion: 0, body })) return made;
  const kept = (await store.readRegistry(REGISTRY)).find(({ id }) => id === CLUSTER_ID);
  if (kept === undefined) throw new Error('the store has lost the id of its cluster');
  return String.fromCharCode(...kept.body);
}
