import { useSyncExternalStore } from 'react';
import { mountPath } from './mount-path.ts';

/** Where readers sign in who were at `place`, an address within the UI. */
export function signInPath(place: string): string {
  return `${mountPath}login?${new URLSearchParams({ returnUrl: place }).toString()}`;
}

/** The address of the page, as `signInPath` takes it. */
export function currentPlace(): string {
  return location.pathname + location.search + location.hash;
}

let isOver = false;
/** Whether the page shows what the server has answered: then its reader is not led away from it. */
let hasAnswered = false;
let renewal: Promise<boolean> | undefined;
const listeners = new Set<() => void>();

function setOver(over: boolean): void {
  if (over === isOver) return;
  isOver = over;
  for (const listener of listeners) listener();
}

/** Whether the session of the reader has ended while this page was open. */
export function useSessionIsOver(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => isOver,
  );
}

/** The server has answered a call: whoever was signed out is in again, be it in another tab. */
export function reportAnswered(): void {
  hasAnswered = true;
  setOver(false);
}

/**
 * What a call may do that the server refused as nobody's: go on once more with a new token, or fail. All that are refused
 * at the same time ask once. A page that has nothing to show yet gives way to the one to sign in at.
 */
export async function mayGoOn(): Promise<boolean> {
  if (isOver) return false;
  renewal ??= renew().finally(() => (renewal = undefined));
  return renewal;
}

async function renew(): Promise<boolean> {
  const response = await fetch(`${mountPath}auth/refresh`, { method: 'POST', credentials: 'same-origin' });
  await response.body?.cancel();
  if (response.ok) return true;
  // A server without sign-in answers otherwise, or has its browser ask.
  if (response.status === 401 && !response.headers.has('www-authenticate')) await reportOver();
  return false;
}

/** The session has ended, or the server does not take its token any more: its reader has to sign in again. */
export async function reportOver(): Promise<void> {
  if (hasAnswered) return setOver(true);
  location.replace(signInPath(currentPlace()));
  await new Promise(() => undefined);
}

/** Ends the session, here and at the provider. Rejects where the server does not answer. */
export async function signOut(): Promise<void> {
  const response = await fetch(`${mountPath}auth/logout`, { method: 'POST', credentials: 'same-origin' });
  if (!response.ok) throw new Error(`The server answered with HTTP ${response.status}.`);
  const { location: next } = (await response.json()) as { location: string };
  location.assign(next);
}
