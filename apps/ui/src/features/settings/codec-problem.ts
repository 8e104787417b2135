/**
 * What keeps a text from being the address of a codec server; undefined for nothing, and for none. The policy of the page
 * lets it ask this machine and the address that the server names.
 */
export function codecProblem(text: string, named: string): string | undefined {
  const address = text.trim();
  if (address === '') return undefined;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return 'An address with http:// or https://';
  const isNamed = URL.canParse(named) && new URL(named).origin === url.origin;
  const isHere = url.protocol === 'http:' && (url.hostname === 'localhost' || url.hostname === '127.0.0.1');
  if (isNamed || isHere) return undefined;
  return 'Only http://localhost can be chosen here; the server is told of another by --ui-codec-endpoint';
}
