/**
 * Bytes that are no message of the expected type: truncated, malformed, or with a number that JavaScript can't hold.
 * The message is the one that Go's protobuf gives; `reason` says more.
 */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly reason: string;

  constructor(message: string, reason = message) {
    super(message);
    this.reason = reason;
  }
}

/** Bytes that break the wire format. */
export function malformed(reason: string): DecodeError {
  return new DecodeError('proto: cannot parse invalid wire-format data', reason);
}

/** A value that does not fit its field. Always the caller's bug. */
export class EncodeError extends TypeError {
  override readonly name = 'EncodeError';
}
