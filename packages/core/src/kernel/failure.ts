import type { TimeoutType } from '@perdure/proto/enums';
import type { Failure } from '@perdure/proto/types';
import type { Limits } from './limits.ts';
import { failureSize } from './payload-size.ts';
import { utf8Length } from './utf8.ts';

/** What stands in for a part that is too large. Temporal: common/util.go. */
export const TooLarge = {
  Result: 'Complete result exceeds size limit.',
  Failure: 'Failure exceeds size limit.',
  CancelDetails: 'Cancel details exceed size limit.',
  HeartbeatDetails: 'Heartbeat details exceed size limit.',
} as const;

/** Causes that are kept of a failure that is cut down. */
const KEPT_CAUSES_MAX = 20;

/** Bytes that a field and a message cost besides their text. Temporal: common/failure/failure.go. */
const FIELD_BYTES = 4;
const MESSAGE_BYTES = 8;

/** A failure that the server reports in its own name. */
export function serverFailure(message: string, nonRetryable: boolean, cause?: Failure): Failure {
  return { message, ...(cause && { cause }), serverFailureInfo: { nonRetryable } };
}

/** A timeout as its event and a later attempt's event tell it. */
export function timeoutFailure(message: string, timeoutType: TimeoutType): Failure {
  return { message, source: 'Server', timeoutFailureInfo: { timeoutType } };
}

/** The failure as its event holds it: one that is too large is cut down, and no longer retryable. */
export function recordableFailure(failure: Failure | undefined, limits: Limits): Failure | undefined {
  if (failure === undefined || failureSize(failure) <= limits.blobSizeBytesMax) return failure;
  return serverFailure(TooLarge.Failure, true, truncateFailure(failure, limits.blobSizeWarnBytes));
}

/** The failure as it is kept between two attempts of an activity. Temporal: mutable_state_impl.go. */
export function keptFailure(failure: Failure | undefined, limits: Limits): Failure | undefined {
  const sizeBytesMax = limits.activityFailureSizeBytesMax;
  if (failure === undefined || failureSize(failure) <= sizeBytesMax) return failure;
  return serverFailure(TooLarge.Failure, false, truncateFailure(failure, sizeBytesMax));
}

/**
 * The failure without its payloads, its texts cut so that they fit: type, source, message, stack trace, then the causes.
 * Of its kind, what an SDK decides by is kept.
 */
function truncateFailure(failure: Failure, sizeBytesMax: number, causesMax = KEPT_CAUSES_MAX): Failure {
  let leftBytes = sizeBytesMax;
  const cut = (text: string | undefined): string => {
    const kept = truncateUtf8(text ?? '', leftBytes);
    if (kept !== '') leftBytes -= utf8Length(kept) + FIELD_BYTES;
    return kept;
  };
  const kind = truncatedKind(failure, cut);
  if (kind.applicationFailureInfo !== undefined) leftBytes -= MESSAGE_BYTES;
  else if (kind.serverFailureInfo !== undefined) leftBytes -= FIELD_BYTES;
  const source = cut(failure.source);
  const message = cut(failure.message);
  const stackTrace = cut(failure.stackTrace);
  const keepsCause = failure.cause !== undefined && leftBytes > FIELD_BYTES && causesMax > 0;
  const cause = keepsCause ? truncateFailure(failure.cause, leftBytes - FIELD_BYTES, causesMax - 1) : undefined;
  return { ...kind, source, message, stackTrace, cause };
}

function truncatedKind(failure: Failure, cut: (text: string | undefined) => string): Failure {
  const { applicationFailureInfo, serverFailureInfo } = failure;
  if (applicationFailureInfo !== undefined) {
    const { nonRetryable, type } = applicationFailureInfo;
    return { applicationFailureInfo: { nonRetryable, type: cut(type) } };
  }
  return serverFailureInfo === undefined ? {} : { serverFailureInfo: { nonRetryable: serverFailureInfo.nonRetryable } };
}

/** The longest beginning of a text that takes no more than so many bytes in UTF-8, no character cut in two. */
function truncateUtf8(text: string, bytesMax: number): string {
  if (text.length * 3 <= bytesMax) return text;
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += utf8Length(character);
    if (bytes > bytesMax) break;
    end += character.length;
  }
  return text.slice(0, end);
}
