/** The target of a request, taken apart. */
export interface RequestUrl {
  /** Of the path, percent-decoded. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
}

const BAD_ESCAPE = /%(?![0-9a-fA-F]{2}).{0,2}/;

/**
 * Takes a request's target apart; of one that is malformed, what is wrong. Segments are split before they are decoded, so
 * that a value may hold a slash or be `..`.
 */
export function parseRequestUrl(target: string): RequestUrl | { readonly invalid: string } {
  const escape = BAD_ESCAPE.exec(target)?.[0];
  if (escape !== undefined) return { invalid: `invalid URL escape ${JSON.stringify(escape)}` };
  const relative = target.replace(/^https?:\/\/[^/?]*/i, '');
  const at = relative.indexOf('?');
  const path = at === -1 ? relative : relative.slice(0, at);
  if (!path.startsWith('/')) return { invalid: 'malformed request target' };
  try {
    const segments = path.slice(1).split('/').map(decodeURIComponent);
    return { segments, query: new URLSearchParams(at === -1 ? '' : relative.slice(at + 1)) };
  } catch (error) {
    if (error instanceof URIError) return { invalid: 'the path is no UTF-8' };
    throw error;
  }
}

/**
 * The same where the caller wrote `~` before segments that are `.` or `..`, or that and dots: browsers take those out of
 * an address, so that an id which is one could not be asked for.
 */
export function withDotSegments({ segments, query }: RequestUrl): RequestUrl {
  return { query, segments: segments.map((segment) => (/^~+\.{1,2}$/.test(segment) ? segment.slice(1) : segment)) };
}
