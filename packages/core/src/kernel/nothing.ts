/**
 * Most runs never have any of most things. An empty map of its own takes 200 bytes, for each of them and in each run that
 * is in memory; so runs begin with one that all share and nothing can be put into. Who puts something in takes `ownMap`.
 */
const NO_MAP = closed(new Map<never, never>(), 'set');
const NO_SET = closed(new Set<never>(), 'add');

function closed<Collection extends object>(collection: Collection, adds: keyof Collection): Collection {
  const refuse = (): never => {
    throw new Error('invariant broken: what all share stays empty');
  };
  return Object.defineProperty(collection, adds, { value: refuse });
}

export function noMap<Key, Value>(): Map<Key, Value> {
  return NO_MAP as Map<Key, Value>;
}

export function noSet<Item>(): Set<Item> {
  return NO_SET as Set<Item>;
}

/** The map, or in place of the one that all share a new one. */
export function ownMap<Key, Value>(map: Map<Key, Value>): Map<Key, Value> {
  return map === noMap() ? new Map<Key, Value>() : map;
}

/** The set, or in place of the one that all share a new one. */
export function ownSet<Item>(set: Set<Item>): Set<Item> {
  return set === noSet() ? new Set<Item>() : set;
}
