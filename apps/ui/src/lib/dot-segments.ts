/**
 * Browsers take `.` and `..` out of addresses, percent-encoded or not. As a part of one they are `~.` and `~..`, and ids
 * that are those have one `~` more; all others are themselves.
 */
export function escapeDots(segment: string): string {
  return /^~*\.{1,2}$/.test(segment) ? `~${segment}` : segment;
}

export function unescapeDots(segment: string): string {
  return /^~+\.{1,2}$/.test(segment) ? segment.slice(1) : segment;
}
