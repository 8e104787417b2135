import { isExactNumber, parseExactJson } from './exact-json.ts';
import type { Json } from './to-json.ts';

/**
 * How JSON shows payloads. `full` is plain proto3 JSON: base64 of metadata and data. `shorthand` shows those that hold JSON
 * by their value, and a list of payloads as an array. Temporal: common/v1/payload_json.go of its API.
 */
export type PayloadStyle = 'full' | 'shorthand';

/** A payload as far as it matters here; a decoded one, or one that a caller has made. */
export interface PayloadFields {
  readonly metadata?: Readonly<Record<string, Uint8Array>> | undefined;
  readonly data?: Uint8Array | undefined;
}

export const PAYLOAD = 'temporal.api.common.v1.Payload';
export const PAYLOADS = 'temporal.api.common.v1.Payloads';

/** The key that makes an object a message of a type, in the place of the payload's metadata. */
const MESSAGE_TYPE_KEY = '_protoMessageType';

const PLAIN = 'json/plain';
const PROTOBUF = 'json/protobuf';
const NULL = 'binary/null';

/** How Temporal's server shows a null since version 1.31, in lists too. */
const NULL_JSON: Json = { metadata: { encoding: Buffer.from(NULL).toString('base64') } };

const EMPTY = new Uint8Array(0);

/** The value in a payload, by which it is shown; undefined for one that has to be shown in full. */
export function payloadToShorthand({ metadata = {}, data = EMPTY }: PayloadFields): Json | undefined {
  const size = Object.keys(metadata).length;
  switch (text(metadata['encoding'])) {
    case NULL:
      return NULL_JSON;
    case PLAIN:
      return size === 1 ? shown(jsonIn(data)) : undefined;
    case PROTOBUF: {
      const messageType = text(metadata['messageType']);
      const value = messageType === '' || size !== 2 ? undefined : jsonIn(data);
      return isObject(value) ? { ...value, [MESSAGE_TYPE_KEY]: messageType } : undefined;
    }
    default:
      return undefined;
  }
}

function shown(value: Json | undefined): Json | undefined {
  return value === null ? NULL_JSON : value;
}

/** The payload that a value stands for: JSON of that value. */
export function payloadFromShorthand(value: unknown): { metadata: Record<string, Uint8Array>; data: Uint8Array } {
  if (value === null) return { metadata: { encoding: Buffer.from(NULL) }, data: EMPTY };
  if (isObject(value)) {
    const { [MESSAGE_TYPE_KEY]: messageType, ...rest } = value;
    if (typeof messageType === 'string' && messageType !== '') {
      const metadata = { encoding: Buffer.from(PROTOBUF), messageType: Buffer.from(messageType) };
      return { metadata, data: Buffer.from(JSON.stringify(rest)) };
    }
  }
  return { metadata: { encoding: Buffer.from(PLAIN) }, data: Buffer.from(JSON.stringify(value)) };
}

/** Whether an object that reads as a payload is meant as one, rather than as a value that happens to have such keys. */
export function isMeantAsPayload({ metadata = {}, data = EMPTY }: PayloadFields): boolean {
  return Object.keys(metadata).length > 0 && (data.length > 0 || text(metadata['encoding']) === NULL);
}

function text(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}

/** Undefined for bytes that are no JSON, whatever their metadata says. */
function jsonIn(data: Uint8Array): Json | undefined {
  try {
    return parseExactJson(text(data));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);
}
