/** How a cookie is set. It is for our server's eyes only: no script reads it, and other sites' requests do not carry it. */
export interface CookieOptions {
  readonly path: string;
  readonly isSecure: boolean;
  /** 0 removes it. */
  readonly maxAgeMs: number;
}

/** The cookies that a browser sent, by name. */
export function readCookies(header: string | undefined): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at !== -1) cookies.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
  }
  return cookies;
}

/** A `Set-Cookie`. Lax, not strict: the provider leads the browser back to us, and must find it signed in. */
export function setCookie(name: string, value: string, { path, isSecure, maxAgeMs }: CookieOptions): string {
  const maxAge = Math.floor(maxAgeMs / 1_000);
  return `${name}=${value}; Path=${path}; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
}
