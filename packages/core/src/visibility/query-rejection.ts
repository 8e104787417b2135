import { type Rejection, reject } from '../kernel/rejection.ts';

/** InvalidArgument `invalid query: <detail>`. Temporal: store/query/errors.go. */
export function invalidQuery(detail: string): Rejection {
  return reject.invalidArgument(`invalid query: ${detail}`);
}

/** The query is well formed, and this in it means nothing. */
export function invalidExpression(detail: string): Rejection {
  return invalidQuery(`invalid expression: ${detail}`);
}

/** The query is well formed, and this in it is SQL that visibility does not offer. */
export function notSupported(detail: string): Rejection {
  return invalidQuery(`operation is not supported: ${detail}`);
}
