/** The cookie in which the page says which codec servers its reader has chosen. Its value: origins, with `|` between. */
const CODEC_COOKIE = 'perdure-codecs';

/** More than anybody has; a header has an end. */
const ORIGINS_MAX = 32;

/**
 * Nothing runs and nothing is loaded but what we serve. The page may ask us, the codec server that was configured, and
 * those that its reader chose in this browser: each an exact origin, none where none was chosen. Whoever could forge the
 * cookie could widen that, and would have gained nothing: to whom payloads go is kept where only this origin can write.
 */
export function pagePolicy(nonce: string, codecEndpoint: string, cookies: string | undefined): string {
  const asked = ["'self'", ...new Set([URL.parse(codecEndpoint)?.origin ?? '', ...chosenOrigins(cookies)])];
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src ${asked.filter((source) => source === "'self'" || isOrigin(source)).join(' ')}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function chosenOrigins(cookies: string | undefined): readonly string[] {
  const pair = cookies?.split(';').find((each) => each.trim().startsWith(`${CODEC_COOKIE}=`));
  return pair === undefined
    ? []
    : pair
        .slice(pair.indexOf('=') + 1)
        .trim()
        .split('|')
        .slice(0, ORIGINS_MAX);
}

/** One host, spelled out, of HTTP: nothing that a policy would read as more than that, or as its next directive. */
function isOrigin(text: string): boolean {
  return /^https?:\/\/[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?(?::\d{1,5})?$/.test(text);
}
