import { isRejection, type Rejection } from '../kernel/rejection.ts';
import { parseQuery } from './parser.ts';

/** The names of attributes that a query mentions, as it writes them. */
export function namesInQuery(query: string): ReadonlySet<string> | Rejection {
  const parsed = parseQuery(query);
  if (isRejection(parsed)) return parsed;
  const names = new Set<string>();
  collect(parsed, names);
  return names;
}

function collect(part: unknown, names: Set<string>): void {
  if (typeof part !== 'object' || part === null) return;
  if ('kind' in part && part.kind === 'name' && 'name' in part) names.add(String(part.name));
  for (const value of Object.values(part)) collect(value, names);
}
