/**
 * The protocol's messages as plain data, types only: int64 as number, bytes as Uint8Array, everything optional. What a
 * decoded message lacks reads as its proto3 default, a lacking message as undefined.
 * Names are the protocol's short names, nested ones joined (`LinkWorkflowEvent`). Those of `nexus.v1`, `update.v1`,
 * `protocol.v1` and `google.rpc` carry the prefix Nexus, Update, Protocol and Rpc.
 */
export type * from './generated/enums.ts';
export type * from './generated/messages.ts';
