import type { IncomingHttpHeaders } from 'node:http';
import { SERVER_VERSION } from '../../config/version.ts';

/** Headers that reach the handlers as they are. Source: Temporal, frontend/http_api_server.go. */
const FORWARDED: ReadonlySet<string> = new Set([
  'authorization',
  'authorization-extras',
  'x-forwarded-for',
  'client-name',
  'client-version',
  'caller-type',
]);

/** What a caller prefixes any other header with, as grpc-gateway takes it. */
const METADATA_PREFIX = 'grpc-metadata-';

/** The headers of a request as a gRPC call would have them. `clientName` is who calls, where the caller does not say. */
export function callHeaders(headers: IncomingHttpHeaders, clientName: string): ReadonlyMap<string, string> {
  const metadata = new Map([
    ['client-name', clientName],
    ['client-version', SERVER_VERSION],
  ]);
  for (const [name, value] of Object.entries(headers)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first === undefined) continue;
    if (FORWARDED.has(name)) metadata.set(name, first);
    else if (name.startsWith(METADATA_PREFIX)) metadata.set(name.slice(METADATA_PREFIX.length), first);
  }
  return metadata;
}
