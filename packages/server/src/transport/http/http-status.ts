import { STATUS_UNKNOWN } from '../unary.ts';

/** HTTP status by gRPC status. Source: grpc-gateway (runtime/errors.go), which Temporal's HTTP API is made with. */
const byGrpcStatus: Readonly<Record<number, number>> = {
  1: 499,
  [STATUS_UNKNOWN]: 500,
  3: 400,
  4: 504,
  5: 404,
  6: 409,
  7: 403,
  8: 429,
  9: 400,
  10: 409,
  11: 400,
  12: 501,
  13: 500,
  14: 503,
  15: 500,
  16: 401,
};

export function httpStatusOf(grpcStatus: number): number {
  return byGrpcStatus[grpcStatus] ?? 500;
}
