import { reject, type Rejection } from '@perdure/core';

/** Which addresses may be called back. */
export interface AddressRule {
  /** `host:port`, where `*` stands for any text. */
  readonly pattern: string;
  /** Whether plain HTTP will do. */
  readonly allowInsecure: boolean;
}

/** The server itself. Temporal: common/nexus/util.go, chasm/nexus_completion.go. */
const SYSTEM_URLS: ReadonlySet<string> = new Set(['temporal://system', 'temporal://internal']);

export function isSystemUrl(url: string): boolean {
  return SYSTEM_URLS.has(url);
}

/** Reads the rules of a configuration; an entry that is none is left out. Undefined where it is no list. */
export function parseAddressRules(value: unknown): readonly AddressRule[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return (value as readonly unknown[]).flatMap((entry): AddressRule[] => {
    if (typeof entry !== 'object' || entry === null) return [];
    const fields = new Map(Object.entries(entry).map(([name, field]) => [name.toLowerCase(), field as unknown]));
    const pattern = fields.get('pattern');
    if (typeof pattern !== 'string' || pattern === '') return [];
    return [{ pattern, allowInsecure: fields.get('allowinsecure') === true }];
  });
}

/** Why an address may not be called back; undefined where it may. Temporal: components/callbacks/config.go, Validate. */
export function addressRefusal(url: string, rules: readonly AddressRule[]): Rejection | undefined {
  if (isSystemUrl(url)) return undefined;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme !== 'http' && scheme !== 'https') return reject.invalidArgument(`invalid url: unknown scheme: ${url}`);
  const host = /^[^:]+:\/\/(?:[^/?#@]*@)?([^/?#]*)/.exec(url)?.[1] ?? '';
  if (host === '' || !URL.canParse(url)) return reject.invalidArgument('invalid url: missing host');
  const rule = rules.find(({ pattern }) => matches(pattern, host));
  if (rule === undefined) {
    return reject.invalidArgument(`invalid url: url does not match any configured callback address: ${url}`);
  }
  if (rule.allowInsecure || scheme === 'https') return undefined;
  return reject.invalidArgument(`invalid url: callback address does not allow insecure connections: ${url}`);
}

function matches(pattern: string, host: string): boolean {
  const literals = pattern.split('*').map((literal) => literal.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`));
  return new RegExp(`^${literals.join('.*')}$`).test(host);
}
