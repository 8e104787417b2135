/**
 * The place within the Web UI that a sign-in leads back to: what was asked for where it is one, else the start page. Never
 * another origin, and never the sign-in itself. `base` is the path of the UI, with a slash at its end.
 */
export function returnPath(asked: string | null, origin: string, base: string): string {
  const url = asked === null ? null : URL.parse(asked, origin);
  if (url === null || url.origin !== origin || !url.pathname.startsWith(base)) return base;
  // Two slashes at the start would be the name of a host.
  if (url.pathname.startsWith('//')) return base;
  const [first = ''] = url.pathname.slice(base.length).split('/');
  if (['auth', 'api', 'login', 'signin'].includes(first)) return base;
  return shortened(url, base);
}

/** What is kept of it is kept in a cookie, which browsers drop beyond 4,096 bytes. */
const LENGTH_MAX = 1_800;

function shortened({ pathname, search, hash }: URL, base: string): string {
  const whole = pathname + search + hash;
  if (whole.length <= LENGTH_MAX) return whole;
  return pathname.length <= LENGTH_MAX ? pathname : base;
}
