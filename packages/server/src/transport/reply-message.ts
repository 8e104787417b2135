import type { Rejection } from '@perdure/core';
import { decodeHistory, placeHistory } from '@perdure/proto';
import type { Reply } from '../rpc/handler.ts';

/** The message of a reply, with the history decoded that came encoded. */
export function replyMessage({ message, history }: Exclude<Reply, Rejection>): object {
  if (history === undefined) return message;
  return placeHistory(message, history.path ?? ['history'], decodeHistory(history.slices));
}
