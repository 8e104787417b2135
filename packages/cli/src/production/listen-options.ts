import { isIP } from 'node:net';
import { isLoopback } from '../server-process/address.ts';
import type { ProductionSettings, SettingPath } from './settings.ts';

/** What is served on a port of its own. */
type Part = 'grpc' | 'http' | 'ui';

/** The files of a listener's identity. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
  /** Undefined: callers need no certificate. */
  readonly clientCa: string | undefined;
}

/** Where one part listens. */
export interface PartAddress {
  readonly address: string;
  readonly port: number;
  readonly tls: TlsFiles | undefined;
}

/** Where a part listens. What is wrong is added to the problems. */
export function partAddress(part: Part, values: ProductionSettings, problems: string[]): PartAddress {
  const address = addressOf(`${part}.address`, values, problems);
  const tls = tlsFiles(part, values, problems);
  // Whoever needs a certificate of the authorities that were named has to prove who he is.
  const isProved = tls?.clientCa !== undefined || hasAuthentication(values);
  if (!isLoopback(address) && !values.insecure && (tls === undefined || !isProved)) {
    const missing = tls === undefined ? `TLS (${part}.tls.certificate and ${part}.tls.key)` : 'authentication';
    problems.push(
      `${part}.address ${address} is not a loopback address, and ${missing} is missing: whoever reaches it could read, ` +
        `start and change workflows. Callers prove who they are by authentication.identities, authentication.jwt or ` +
        `${part}.tls.clientCa. To allow it all the same, use --insecure.`,
    );
  }
  return { address, port: values[`${part}.port`], tls };
}

/** Whether calls need credentials. */
function hasAuthentication(values: ProductionSettings): boolean {
  const { 'authentication.identities': identities } = values;
  return [identities, values['authentication.jwt.keysFile'], values['authentication.jwt.keysUrl']].some(
    (source) => source !== '',
  );
}

/** Where metrics are served. */
export function metricsAddress(values: ProductionSettings, problems: string[]): string {
  const address = addressOf('metrics.address', values, problems);
  if (!isLoopback(address) && !values.insecure && !values['metrics.allowRemote']) {
    problems.push(
      `metrics.address ${address} is not a loopback address: whoever reaches it can read the metrics. ` +
        'To allow it, set metrics.allowRemote.',
    );
  }
  return address;
}

function addressOf(path: SettingPath & `${string}.address`, values: ProductionSettings, problems: string[]): string {
  const given = values[path];
  const address = given === 'localhost' ? '127.0.0.1' : given;
  if (isIP(address) !== 0) return address;
  problems.push(`${path}: ${JSON.stringify(given)} is not allowed: must be an IP address or localhost`);
  return '127.0.0.1';
}

function tlsFiles(part: Part, values: ProductionSettings, problems: string[]): TlsFiles | undefined {
  const certificate = values[`${part}.tls.certificate`];
  const key = values[`${part}.tls.key`];
  const clientCa = values[`${part}.tls.clientCa`];
  if (certificate !== '' && key !== '') return { certificate, key, clientCa: clientCa === '' ? undefined : clientCa };
  if (certificate !== '' || key !== '') {
    problems.push(`${part}.tls needs both a certificate and a key`);
  } else if (clientCa !== '') {
    problems.push(`${part}.tls.clientCa has no effect without ${part}.tls.certificate and ${part}.tls.key`);
  }
  return undefined;
}
