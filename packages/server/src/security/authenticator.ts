import type { Permissions } from './permissions.ts';

/** What a caller shows of himself, whatever carried the call. */
export interface Credentials {
  /** The header `authorization`. */
  readonly authorization: string | undefined;
  /** DNS names and URIs of the client certificate that was verified; none without one. */
  readonly certificateNames: readonly string[];
}

/** Who calls, and what he may do. */
export interface Caller {
  /** For the log. */
  readonly name: string;
  readonly permissions: Permissions;
}

/** Finds out who calls. */
export interface Authenticator {
  /** Undefined for credentials that are missing or no good. Never rejects. */
  identify(credentials: Credentials): Promise<Caller | undefined>;
}

/** What an authenticator makes of the secret that a caller shows, or of his certificate. */
export interface IdentitySource {
  identify(token: string | undefined, certificateNames: readonly string[]): Promise<Caller | undefined>;
}

/** Asks the sources in turn; the first that knows the caller counts. */
export function authenticatorOf(sources: readonly IdentitySource[]): Authenticator {
  return {
    async identify({ authorization, certificateNames }) {
      const token = tokenIn(authorization);
      // Who shows a token wants to be known by it: his certificate does not make up for one that is wrong.
      const names = authorization === undefined ? certificateNames : [];
      for (const source of sources) {
        const caller = await source.identify(token, names);
        if (caller !== undefined) return caller;
      }
      return undefined;
    },
  };
}

/**
 * The token in the header: `Bearer TOKEN`, as SDKs send API keys and tokens; or `Basic`, as a browser asks its user, with
 * the token for a password and any name.
 */
export function tokenIn(authorization: string | undefined): string | undefined {
  const [, scheme = '', value = ''] = /^(\S+) +(\S+)$/.exec(authorization ?? '') ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return value;
    case 'basic': {
      const text = Buffer.from(value, 'base64').toString();
      const at = text.indexOf(':');
      return at === -1 ? undefined : text.slice(at + 1);
    }
    default:
      return undefined;
  }
}
