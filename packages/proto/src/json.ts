import type { MessageOf } from './codec.ts';
import type { History } from './generated/messages.ts';
import { type FromJsonOptions, readMessage } from './json/from-json.ts';
import type { PayloadStyle } from './json/payload-shorthand.ts';
import { type Json, messageToJson } from './json/to-json.ts';

export { JsonError } from './json/errors.ts';
export { parseExactJson } from './json/exact-json.ts';
export type { FromJsonOptions } from './json/from-json.ts';
export type { PayloadStyle } from './json/payload-shorthand.ts';
export type { Json } from './json/to-json.ts';

/**
 * A message as proto3 JSON, the way protojson writes it: lowerCamelCase names, enums by the protocol's names, 64-bit
 * integers as strings, defaults left out. Throws `JsonError` for times out of range and for an Any of an unknown type.
 */
export function toJson<Name extends string>(
  typeName: Name,
  message: MessageOf<NoInfer<Name>>,
  { payloads = 'full' }: { readonly payloads?: PayloadStyle } = {},
): Json {
  return messageToJson(typeName, message, '', payloads);
}

/**
 * Reads proto3 JSON (already parsed) as a message. Takes snake_case names, numbers for 64-bit integers, and enums by
 * number or short name (`ActivityTaskScheduled`) too. Throws `JsonError`, which names the place.
 */
export function fromJson<Name extends string>(
  typeName: Name,
  json: unknown,
  options: FromJsonOptions = {},
): MessageOf<Name> {
  return readMessage(typeName, json, options) as MessageOf<Name>;
}

const HISTORY = 'temporal.api.history.v1.History';

/** A history as the JSON that `temporal workflow show --output json` prints and the SDKs replay. */
export function historyToJson(history: History): Json {
  return toJson(HISTORY, history);
}

/**
 * Reads an exported history. Fields that we do not know are ignored unless told otherwise: such files come from other
 * versions. Throws `JsonError`.
 */
export function historyFromJson(json: unknown, options: FromJsonOptions = { unknownFields: 'ignore' }): History {
  return fromJson(HISTORY, json, options);
}
