const MEBIBYTE = 1024 * 1024;
const SECOND_MS = 1_000;

/** How much callers may ask of the listeners, whatever it is that they call. */
export interface TransportBounds {
  /** Connections of one listener. */
  readonly connectionsMax: number;
  /** Calls of one connection at a time. More than may wait in a namespace, so that its polls are never behind others. */
  readonly streamsMax: number;
  /**
   * Cancelled calls that one connection may have at once, and how many more each second: workers cancel all their polls
   * when they stop. More is taken for an attack, and the connection is closed.
   */
  readonly streamResetsMax: number;
  readonly streamResetsPerSecond: number;
  /**
   * Frames that do nothing for a call (PING, SETTINGS, PRIORITY, empty DATA) and that a peer may send at once, and how many
   * more each second, and for each frame of a reply: clients that measure the connection send a ping for what they are given.
   */
  readonly controlFramesMax: number;
  readonly controlFramesPerSecond: number;
  /** Bytes of one message or body, before and after decompression. Sources: grpc-go's default; common/rpc, MaxHTTPAPIRequestBytes. */
  readonly messageSizeBytesMax: number;
  /** Bytes of requests that are on their way, of all connections together. */
  readonly inboundSizeBytesMax: number;
  /** Bytes of replies of gRPC that wait for their readers, of all connections together. */
  readonly outboundSizeBytesMax: number;
  /** How long the message of a call, or an HTTP request, may be on its way. A reply may take longer: long polls do. */
  readonly messageTimeoutMs: number;
}

export const defaultBounds: TransportBounds = {
  connectionsMax: 10_000,
  streamsMax: 100_000,
  streamResetsMax: 10_000,
  streamResetsPerSecond: 1_000,
  controlFramesMax: 1_000,
  controlFramesPerSecond: 100,
  messageSizeBytesMax: 4 * MEBIBYTE,
  inboundSizeBytesMax: 256 * MEBIBYTE,
  outboundSizeBytesMax: 256 * MEBIBYTE,
  messageTimeoutMs: 60 * SECOND_MS,
};
