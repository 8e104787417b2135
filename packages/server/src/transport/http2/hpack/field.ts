/** What a header field means to a server of gRPC: known once for each name, not with each request. */
export const FieldKind = {
  Regular: 0,
  /** Its name or value is none that HTTP/2 allows: the request is malformed. */
  Malformed: 1,
  Method: 2,
  Scheme: 3,
  Authority: 4,
  Path: 5,
  ContentType: 6,
  ContentLength: 7,
  Timeout: 8,
  Encoding: 9,
  Te: 10,
} as const;
export type FieldKind = (typeof FieldKind)[keyof typeof FieldKind];

const KINDS: ReadonlyMap<string, FieldKind> = new Map<string, FieldKind>([
  [':method', FieldKind.Method],
  [':scheme', FieldKind.Scheme],
  [':authority', FieldKind.Authority],
  [':path', FieldKind.Path],
  ['content-type', FieldKind.ContentType],
  ['content-length', FieldKind.ContentLength],
  ['grpc-timeout', FieldKind.Timeout],
  ['grpc-encoding', FieldKind.Encoding],
  ['te', FieldKind.Te],
  // What belongs to a connection of HTTP/1. Source: RFC 9113, 8.2.2.
  ['connection', FieldKind.Malformed],
  ['keep-alive', FieldKind.Malformed],
  ['proxy-connection', FieldKind.Malformed],
  ['transfer-encoding', FieldKind.Malformed],
  ['upgrade', FieldKind.Malformed],
]);

/** A token of HTTP in lower case; other pseudo-headers than the known ones are none. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/** One header field as the tables of HPACK hold it. */
export interface Field {
  readonly name: string;
  readonly value: string;
  readonly kind: FieldKind;
}

/** Bytes that HPACK and the limit on header lists count for a field beside its texts. */
const FIELD_OVERHEAD_BYTES = 32;

export function makeField(name: string, value: string): Field {
  return { name, value, kind: kindOf(name, value) };
}

export function sizeOfField({ name, value }: Field): number {
  return name.length + value.length + FIELD_OVERHEAD_BYTES;
}

function kindOf(name: string, value: string): FieldKind {
  if (!isValue(value)) return FieldKind.Malformed;
  return KINDS.get(name) ?? (NAME.test(name) ? FieldKind.Regular : FieldKind.Malformed);
}

/** No control characters but the tab. Blanks at the ends are let pass: the protocol of gRPC does. */
function isValue(value: string): boolean {
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) return false;
  }
  return true;
}
