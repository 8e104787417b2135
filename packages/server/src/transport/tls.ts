import { X509Certificate } from 'node:crypto';
import { createSecureContext, type TlsOptions, TLSSocket } from 'node:tls';

/** What a listener proves itself with. All in PEM. */
export interface TlsMaterial {
  /** Its certificate, those of intermediate authorities after it. */
  readonly certificate: string;
  readonly key: string;
  /** Authorities whose certificates callers must show; undefined: they need none. */
  readonly clientCa: string | undefined;
}

/** Older versions of TLS are refused. */
const VERSION_MIN = 'TLSv1.2';

/** How long a caller may take to agree on TLS. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * The identity of a listener, which may be replaced while it serves: connections that are made from then on get the new
 * one.
 */
export class TlsIdentity {
  #material: TlsMaterial;
  readonly #listeners: ((options: TlsOptions) => void)[] = [];

  /** Throws what Node.js says of material that is no good, such as a key of another certificate. */
  constructor(material: TlsMaterial) {
    assertUsable(material);
    this.#material = material;
  }

  /** Whether callers must show a certificate. Does not change. */
  get asksForCertificates(): boolean {
    return this.#material.clientCa !== undefined;
  }

  /** For the start of a server. */
  options(): TlsOptions {
    return {
      ...contextOptions(this.#material),
      requestCert: this.asksForCertificates,
      rejectUnauthorized: this.asksForCertificates,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    };
  }

  /** Throws, and keeps the old one, if the new one is no good. */
  replace(material: TlsMaterial): void {
    if ((material.clientCa !== undefined) !== this.asksForCertificates) {
      throw new Error('whether callers need a certificate cannot change while the server runs');
    }
    assertUsable(material);
    this.#material = material;
    const options = contextOptions(material);
    for (const listener of this.#listeners) listener(options);
  }

  onReplace(listener: (options: TlsOptions) => void): void {
    this.#listeners.push(listener);
  }
}

/** Shorter keys of RSA are refused by OpenSSL: those of authorities only at each handshake, where nobody is told why. */
const RSA_BITS_MIN = 2_048;

/** Throws if no connection could be made with this. */
function assertUsable(material: TlsMaterial): void {
  createSecureContext(contextOptions(material));
  for (const pem of [material.certificate, material.clientCa ?? '']) {
    for (const [certificate] of pem.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)) {
      const { subject, publicKey } = new X509Certificate(certificate);
      const { asymmetricKeyType, asymmetricKeyDetails } = publicKey;
      const bits = asymmetricKeyDetails?.modulusLength ?? Infinity;
      if (asymmetricKeyType?.startsWith('rsa') === true && bits < RSA_BITS_MIN) {
        throw new Error(
          `the key of the certificate of ${subject} has ${bits} bits, at least ${RSA_BITS_MIN} are needed`,
        );
      }
    }
  }
}

function contextOptions({ certificate, key, clientCa }: TlsMaterial): TlsOptions {
  return { cert: certificate, key, minVersion: VERSION_MIN, ...(clientCa !== undefined && { ca: clientCa }) };
}

/**
 * DNS names and URIs of the certificate that the caller on this connection has shown and that was verified. None where a
 * name is such that Node.js quotes it: what is inside could be taken for more names.
 */
export function certificateNames(socket: unknown): readonly string[] {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return [];
  const text = socket.getPeerX509Certificate()?.subjectAltName ?? '';
  if (text.includes('"')) return [];
  return text.split(', ').flatMap((entry) => /^(?:DNS|URI):(.+)$/.exec(entry)?.slice(1) ?? []);
}
