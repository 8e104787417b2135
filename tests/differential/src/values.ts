import { Buffer } from 'node:buffer';

/** A payload as the SDKs' default converter makes it. */
export function payload(value: unknown): object {
  if (value === null) return { metadata: { encoding: Buffer.from('binary/null') } };
  return { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(JSON.stringify(value)) };
}

/** Arguments, results or details. */
export function payloads(...values: readonly unknown[]): object {
  return { payloads: values.map(payload) };
}

/** A map of payloads: a memo, a header or search attributes. */
export function fields(values: Readonly<Record<string, unknown>>): Record<string, object> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, payload(value)]));
}

/** A duration in milliseconds, as the protocol has it. */
export function ms(milliseconds: number): { seconds: number; nanos: number } {
  const seconds = Math.trunc(milliseconds / 1000);
  return { seconds, nanos: Math.round((milliseconds - seconds * 1000) * 1e6) };
}

export function seconds(count: number): { seconds: number; nanos: number } {
  return ms(count * 1000);
}

/** A failure of the application, of type `type`. */
export function failure(message: string, more: object = {}): object {
  return { message, source: 'TypeScriptSDK', applicationFailureInfo: { type: 'Failure', ...more } };
}

/** One payload of `bytes` bytes of data. */
export function big(bytes: number): { readonly payloads: readonly object[] } {
  return { payloads: [{ metadata: { encoding: Buffer.from('binary/plain') }, data: Buffer.alloc(bytes) }] };
}
