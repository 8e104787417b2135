import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { extname, join } from 'node:path';

/** A file as it is sent: its bytes and the headers that say what they are. */
export interface StaticFile {
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** Compressed as they are. */
const NEVER_SMALLER: ReadonlySet<string> = new Set(['.ico', '.png', '.woff2']);

/** What the build leaves beside a file, the smallest first. */
const ENCODINGS = [
  { coding: 'br', extension: '.br' },
  { coding: 'gzip', extension: '.gz' },
] as const;

/**
 * The file of these names below a folder, one a segment, so that none leads elsewhere; undefined where there is none.
 * Where the build left it compressed and the caller takes that, it is sent so.
 */
export async function readStaticFile(
  folder: string,
  segments: readonly string[],
  requestHeaders: IncomingHttpHeaders,
): Promise<StaticFile | undefined> {
  const extension = extname(segments.at(-1) ?? '').toLowerCase();
  const contentType = CONTENT_TYPES[extension];
  const isPlain = segments.every((segment) => /^[\w@-][\w@.-]*$/.test(segment));
  if (contentType === undefined || !isPlain) return undefined;
  const path = join(folder, ...segments);
  if (NEVER_SMALLER.has(extension)) {
    const bytes = await readIfThere(path);
    return bytes && { bytes, headers: { 'content-type': contentType, etag: etagOf(bytes) } };
  }
  const headers = { 'content-type': contentType, vary: 'accept-encoding' };
  for (const coding of acceptedCodings(requestHeaders['accept-encoding'])) {
    const bytes = await readIfThere(path + extensionOf(coding));
    if (bytes === undefined) continue;
    return { bytes, headers: { ...headers, etag: etagOf(bytes), 'content-encoding': coding } };
  }
  const bytes = await readIfThere(path);
  return bytes && { bytes, headers: { ...headers, etag: etagOf(bytes) } };
}

/** Whether the caller has these very bytes already. */
export function isUnchanged(requestHeaders: IncomingHttpHeaders, etag: string | undefined): boolean {
  const known = requestHeaders['if-none-match']?.split(',').map((each) => each.trim().replace(/^W\//, '')) ?? [];
  return etag !== undefined && (known.includes(etag) || known.includes('*'));
}

/** Undefined where there is no such file. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'EISDIR', 'ENOTDIR'].includes(String(error.code))) {
      return undefined;
    }
    throw error;
  }
}

/** Of the content: an installed package's files all have the same time. A coding's bytes are others, and so is its tag. */
function etagOf(bytes: Buffer): string {
  return `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
}

type Coding = (typeof ENCODINGS)[number]['coding'];

function extensionOf(coding: Coding): string {
  return ENCODINGS.find((each) => each.coding === coding)?.extension ?? '';
}

/** The codings that a caller takes, what it likes best first and among equals the smallest (RFC 9110, 12.5.3). */
function acceptedCodings(header: string | string[] | undefined): readonly Coding[] {
  const qualities = new Map<string, number>();
  for (const item of String(header ?? '').split(',')) {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    qualities.set(name === 'x-gzip' ? 'gzip' : name, quality === undefined ? 1 : Number(quality) || 0);
  }
  const qualityOf = (name: string): number => qualities.get(name) ?? qualities.get('*') ?? 0;
  // Who names no preference for it takes it as it is, but likes whatever is named better.
  const identity = qualities.get('identity') ?? 0;
  return ENCODINGS.map(({ coding }) => coding)
    .filter((coding) => qualityOf(coding) > 0 && qualityOf(coding) >= identity)
    .toSorted((left, right) => qualityOf(right) - qualityOf(left));
}
