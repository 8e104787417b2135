import { GrpcStatus } from '@perdure/core';
import { type StatusAnswer, statusAnswer } from '../unary.ts';
import type { Decompressor } from './decompress.ts';

/** Bytes before each message: a flag and a length. */
const HEADER_BYTES = 5;

/** A message as it came: the flag and what follows the header. */
interface Frame {
  readonly flag: number;
  readonly payload: Buffer;
}

/** Takes messages, without what stands before them. */
export interface MessageListener {
  message(bytes: Buffer): void;
}

/**
 * Bytes of messages that are on their way, of all connections together: what is announced is kept in memory until it is
 * whole, and nobody may fill that by announcing much and sending little.
 */
export class InboundBudget {
  #left: number;

  constructor(sizeBytesMax: number) {
    this.#left = sizeBytesMax;
  }

  take(sizeBytes: number): boolean {
    if (sizeBytes > this.#left) return false;
    this.#left -= sizeBytes;
    return true;
  }

  giveBack(sizeBytes: number): void {
    this.#left += sizeBytes;
  }
}

/** The message that is all there is between `start` and `end`, uncompressed, as nearly all of them come; else undefined. */
export function wholeMessage(from: Buffer, start: number, end: number, sizeBytesMax: number): Buffer | undefined {
  const size = end - start - HEADER_BYTES;
  if (size < 0 || size > sizeBytesMax || from[start] !== 0 || from.readUInt32BE(start + 1) !== size) return undefined;
  return from.subarray(start + HEADER_BYTES, end);
}

/**
 * Cuts what arrives on a stream into messages. Texts of refusals are grpc-go's; Temporal's SDKs look for the one on size
 * to fail a workflow task with GRPC_MESSAGE_TOO_LARGE.
 */
export class FrameReader {
  readonly #sizeBytesMax: number;
  readonly #encoding: string | undefined;
  readonly #budget: InboundBudget;
  readonly #decompressor: Decompressor;
  /** Bytes taken from the budget for the message that is on its way. */
  #taken = 0;
  #parts: Buffer[] = [];
  #have = 0;
  #need = HEADER_BYTES;
  #header: Buffer | undefined;

  constructor(
    encoding: string | undefined,
    shared: {
      readonly messageSizeBytesMax: number;
      readonly budget: InboundBudget;
      readonly decompressor: Decompressor;
    },
  ) {
    this.#encoding = encoding;
    this.#sizeBytesMax = shared.messageSizeBytesMax;
    this.#budget = shared.budget;
    this.#decompressor = shared.decompressor;
  }

  /** Nothing more will come. */
  close(): void {
    this.#budget.giveBack(this.#taken);
    this.#taken = 0;
    this.#parts = [];
  }

  /** True between two messages, false within one. */
  get isBetweenMessages(): boolean {
    return this.#header === undefined && this.#have === 0;
  }

  /** Takes a part of the body, and gives on the messages that it completes. Gives the status with which the call must end. */
  push(chunk: Buffer, listener: MessageListener): StatusAnswer | undefined {
    let rest = chunk;
    while (rest.length > 0 || this.#need === 0) {
      const taken = rest.subarray(0, this.#need - this.#have);
      rest = rest.subarray(taken.length);
      const whole = this.#collect(taken);
      if (whole === undefined) break;
      const result = this.#header === undefined ? this.#readHeader(whole) : this.#readPayload(this.#header, whole);
      if (result === undefined) continue;
      if (!Buffer.isBuffer(result)) return result;
      listener.message(result);
    }
    if (this.#header === undefined || this.#taken > 0) return undefined;
    if (!this.#budget.take(this.#need))
      return statusAnswer(GrpcStatus.ResourceExhausted, 'too many messages are on their way');
    this.#taken = this.#need;
    return undefined;
  }

  /** Adds to what is there; gives it as a whole once it is as long as needed. */
  #collect(part: Buffer): Buffer | undefined {
    this.#have += part.length;
    if (this.#have < this.#need) {
      this.#parts.push(part);
      return undefined;
    }
    const whole = this.#parts.length === 0 ? part : Buffer.concat([...this.#parts, part]);
    this.#parts = [];
    this.#have = 0;
    return whole;
  }

  #readHeader(header: Buffer): Buffer | StatusAnswer | undefined {
    const flag = header.readUInt8(0);
    const size = header.readUInt32BE(1);
    if (flag > 1) return statusAnswer(GrpcStatus.Internal, `grpc: received unexpected payload format ${flag}`);
    if (size > this.#sizeBytesMax) {
      const message = `grpc: received message larger than max (${size} vs. ${this.#sizeBytesMax})`;
      return statusAnswer(GrpcStatus.ResourceExhausted, message);
    }
    this.#header = header;
    this.#need = size;
    return undefined;
  }

  #readPayload(header: Buffer, payload: Buffer): Buffer | StatusAnswer {
    this.#header = undefined;
    this.#need = HEADER_BYTES;
    this.#budget.giveBack(this.#taken);
    this.#taken = 0;
    return this.#decompress({ flag: header.readUInt8(0), payload });
  }

  #decompress({ flag, payload }: Frame): Buffer | StatusAnswer {
    if (flag === 0) return payload;
    const encoding = this.#encoding ?? 'identity';
    if (encoding === 'identity') {
      return statusAnswer(GrpcStatus.Internal, 'grpc: compressed flag set with identity or empty encoding');
    }
    if (encoding !== 'gzip') {
      const message = `grpc: Decompressor is not installed for grpc-encoding "${encoding}"`;
      return statusAnswer(GrpcStatus.Unimplemented, message);
    }
    try {
      return this.#decompressor.gunzip(payload, this.#sizeBytesMax);
    } catch (error) {
      return decompressionFailure(error, this.#sizeBytesMax);
    }
  }
}

function decompressionFailure(error: unknown, sizeBytesMax: number): StatusAnswer {
  if (!(error instanceof Error)) throw error;
  if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
    const message = `grpc: received message after decompression larger than max ${sizeBytesMax}`;
    return statusAnswer(GrpcStatus.ResourceExhausted, message);
  }
  return statusAnswer(GrpcStatus.Internal, `grpc: failed to decompress the message: ${error.message}`);
}
