import { isIP } from 'node:net';

/** A request as far as it says where it comes from and whom it takes us for. */
export interface Provenance {
  /** `Host`. */
  readonly host: string | undefined;
  /** `Origin`: what a browser says of the page that makes the request. */
  readonly origin: string | undefined;
}

/** Names under which a server may be called, beside `localhost` and literal addresses. */
export type AllowedHosts = (name: string) => boolean;

/**
 * Whether the request was meant for this server. A web page can make a browser call us under a name of the page's own (DNS
 * rebinding), but not under `localhost`, a literal address or a name that was configured.
 */
export function isOwnHost(host: string | undefined, isAllowed: AllowedHosts): boolean {
  const name = hostName(host);
  if (name === undefined) return false;
  return name === 'localhost' || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0 || isAllowed(name);
}

/** Whether a page may have made the request: none, or one of this very server. Other origins are not served at all. */
export function isOwnOrigin({ host, origin }: Provenance): boolean {
  if (origin === undefined) return true;
  const theirs = URL.parse(origin)?.host;
  return theirs !== undefined && theirs !== '' && theirs === host?.toLowerCase();
}

/** Without the port, in lower case. */
function hostName(host: string | undefined): string | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]/@\s]+)(?::\d{1,5})?$/i.exec(host ?? '');
  return match?.[1]?.toLowerCase();
}

/** Names that match one of the patterns, in which `*` stands for any characters. Temporal: `frontend.httpAllowedHosts`. */
export function allowedHosts(patterns: readonly string[]): AllowedHosts {
  const sources = patterns.map((pattern) => pattern.toLowerCase().split('*').map(escapePattern).join('.*'));
  const pattern = new RegExp(`^(?:${sources.join('|')})$`);
  return (name) => patterns.length > 0 && pattern.test(name);
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&');
}
