/** Status codes of gRPC that the UI tells apart. */
export const GrpcCode = {
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  failedPrecondition: 9,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** A refusal of the server, or no answer at all (`unavailable`). */
export class ApiError extends Error {
  readonly code: number;
  readonly details: readonly unknown[];

  constructor(code: number, message: string, details: readonly unknown[] = []) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.details = details;
  }
}

export function hasCode(error: unknown, ...codes: readonly number[]): boolean {
  return error instanceof ApiError && codes.includes(error.code);
}

/** Whether trying again may help: the server is away, restarting or slow. */
export function isTransient(error: unknown): boolean {
  return hasCode(error, GrpcCode.unavailable, GrpcCode.deadlineExceeded);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
