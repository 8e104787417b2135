import { useSyncExternalStore } from 'react';

/** Whether the server answers. The client reports each call; the shell shows the banner and asks until it is back. */
let isReachable = true;
let lastAnswerMs = Date.now();
const listeners = new Set<() => void>();

export function reportReachable(reachable: boolean): void {
  if (reachable) lastAnswerMs = Date.now();
  if (reachable === isReachable) return;
  isReachable = reachable;
  for (const listener of listeners) listener();
}

export function subscribeToConnection(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** For how long nothing has been heard of the server: pages that ask nothing hear nothing. */
export function quietForMs(): number {
  return Date.now() - lastAnswerMs;
}

export function serverIsReachable(): boolean {
  return isReachable;
}

export function useIsReachable(): boolean {
  return useSyncExternalStore(subscribeToConnection, serverIsReachable);
}
