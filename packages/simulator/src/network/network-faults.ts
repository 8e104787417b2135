/** How often the network does what. Probabilities, each of one request. */
export interface NetworkFaults {
  readonly lostRequest: number;
  readonly lostReply: number;
  /** The request arrives a second time, up to some seconds later. */
  readonly doubled: number;
  /** A request or reply that takes up to two seconds. */
  readonly slow: number;
  /** Others take up to this time. */
  readonly delayMaxMs: number;
  /** The connections of some polls break just when a commit is under way that may hold their tasks. */
  readonly pollsBreakAtCommit: number;
}

export const NO_NETWORK_FAULTS: NetworkFaults = {
  lostRequest: 0,
  lostReply: 0,
  doubled: 0,
  slow: 0,
  delayMaxMs: 3,
  pollsBreakAtCommit: 0,
};
