export { isMessageType, messageType, plain, withDefaults, type MessageOf, type MessageType } from './codec.ts';
export type { MessageByName, MethodByPath } from './generated/messages.ts';
export {
  decodeHistory,
  encodeHistoryEvent,
  encodeSpliced,
  placeHistory,
  splitHistory,
  type EventRange,
  type HistoryPath,
} from './history.ts';
export {
  fromJson,
  historyFromJson,
  historyToJson,
  JsonError,
  parseExactJson,
  toJson,
  type FromJsonOptions,
  type Json,
  type PayloadStyle,
} from './json.ts';
export { findMethod, methodsOf, ServiceName, type Method } from './services.ts';
export { encodeStatusDetails, statusToJson, type StatusSource } from './status-details.ts';
export { DecodeError, EncodeError } from './wire/errors.ts';
