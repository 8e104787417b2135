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
   * Frames that each ask for an answer (PING, SETTINGS) and that a peer may send at once, and how many more each second.
   * The clients of gRPC send one in seconds, or one for each reply while they measure the connection.
   */
  readonly controlFramesMax: number;
  readonly controlFramesPerSecond: number;
  /** Bytes of one message or body, before and after decompression. Sources: grpc-go's default; common/rpc, MaxHTTPAPIRequestBytes. */
  readonly messageSizeBytesMax: number;
  /** Bytes of requests that are on their way, of all connections together. */
  readonly inboundSizeBytesMax: number;
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
  messageTimeoutMs: 60 * SECOND_MS,
};
