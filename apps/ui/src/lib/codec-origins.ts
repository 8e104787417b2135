import { mountPath } from '../api/mount-path.ts';
import { codecStoragePrefix } from './codec.ts';
import { storedUnder } from './preferences.ts';

const cookieName = 'perdure-codecs';
const ageMaxSeconds = 400 * 86_400;

/** What the policy of this page was made of. */
const allowed = new Set(readCookie());

/** Whether this page may ask the address: the page's policy names each codec server that was chosen when it was read. */
export function isAllowedHere(address: string, named: string): boolean {
  const origin = originOf(address);
  return origin !== undefined && (allowed.has(origin) || origin === originOf(named) || origin === location.origin);
}

/**
 * Tells the server which codec servers are chosen in this browser, so that its pages may ask those, and reads the page
 * anew where it may not yet. A browser that keeps no cookies stays as it is.
 */
export function allowChosenCodecs(): void {
  const chosen = new Set(
    storedUnder(codecStoragePrefix).map((json) => originOf((json as { endpoint?: string }).endpoint)),
  );
  chosen.delete(undefined);
  const value = [...chosen].join('|');
  const isSecure = location.protocol === 'https:' ? '; Secure' : '';
  const age = value === '' ? 0 : ageMaxSeconds;
  if (value === readCookie().join('|')) return;
  // Lax: who follows a link from another site is to have his payloads decoded, too.
  document.cookie = `${cookieName}=${value}; Path=${mountPath}; Max-Age=${age}; SameSite=Lax${isSecure}`;
  if (readCookie().join('|') === value) location.reload();
}

function readCookie(): readonly string[] {
  const value = new RegExp(`(?:^|;\\s*)${cookieName}=([^;]*)`).exec(document.cookie)?.[1] ?? '';
  return value === '' ? [] : value.split('|');
}

function originOf(address: string | undefined): string | undefined {
  return address === undefined ? undefined : (URL.parse(address)?.origin ?? undefined);
}
