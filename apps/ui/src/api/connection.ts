import { useSyncExternalStore } from 'react';

/** Whether the server answers. The client reports each call; the shell shows the banner and asks until it is back. */
let isReachable = true;
const listeners = new Set<() => void>();

export function reportReachable(reachable: boolean): void {
  if (reachable === isReachable) return;
  isReachable = reachable;
  for (const listener of listeners) listener();
}

export function subscribeToConnection(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function serverIsReachable(): boolean {
  return isReachable;
}

export function useIsReachable(): boolean {
  return useSyncExternalStore(subscribeToConnection, serverIsReachable);
}
