/** What keeps a text from being the address of a codec server; undefined for nothing, and for none. */
export function codecProblem(text: string): string | undefined {
  const address = text.trim();
  if (address === '') return undefined;
  const url = URL.parse(address);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return 'An address with http:// or https://';
  // Addresses are shown, logged and kept; and a policy cannot name an IPv6 address.
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    return 'An address without a password, a query and a fragment';
  }
  return url.hostname.startsWith('[') ? 'A name, or an IPv4 address' : undefined;
}
