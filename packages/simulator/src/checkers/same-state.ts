/**
 * Where two states differ, as a path with both values; undefined where they do not. A field that is not set counts as
 * its proto3 default, because a message that went through its encoding reads so.
 */
export function difference(a: unknown, b: unknown, path = ''): string | undefined {
  if (Object.is(a, b) || (isDefault(a) && isDefault(b))) return undefined;
  if (a instanceof Map && b instanceof Map) return mapDifference(a, b, path);
  if (a instanceof Set && b instanceof Set) return listDifference([...a], [...b], path);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return bytesDifference(a, b, path);
  if (Array.isArray(a) && Array.isArray(b)) return listDifference(a, b, path);
  if (isRecord(a) && isRecord(b)) return recordDifference(a, b, path);
  return `${path}: ${show(a)} against ${show(b)}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !(value instanceof Map) && !(value instanceof Set);
}

function isDefault(value: unknown): boolean {
  if (value === undefined || value === null || value === 0 || value === '' || value === false) return true;
  return (Array.isArray(value) || value instanceof Uint8Array) && value.length === 0;
}

function recordDifference(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>, path: string) {
  for (const key of Object.keys(a)) {
    const found = difference(a[key], b[key], `${path}.${key}`);
    if (found !== undefined) return found;
  }
  for (const key of Object.keys(b)) {
    if (!(key in a) && !isDefault(b[key])) return `${path}.${key}: nothing against ${show(b[key])}`;
  }
  return undefined;
}

function mapDifference(a: ReadonlyMap<unknown, unknown>, b: ReadonlyMap<unknown, unknown>, path: string) {
  const keys = listDifference([...a.keys()], [...b.keys()], `${path} keys`);
  if (keys !== undefined) return keys;
  for (const [key, value] of a) {
    const found = difference(value, b.get(key), `${path}[${String(key)}]`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function listDifference(a: readonly unknown[], b: readonly unknown[], path: string): string | undefined {
  if (a.length !== b.length) return `${path}: ${show(a)} against ${show(b)}`;
  for (const [index, value] of a.entries()) {
    const found = difference(value, b[index], `${path}[${index}]`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function bytesDifference(a: Uint8Array, b: Uint8Array, path: string): string | undefined {
  return a.length === b.length && a.every((byte, index) => byte === b[index]) ? undefined : `${path}: other bytes`;
}

function show(value: unknown): string {
  return (JSON.stringify(value, (_key, part: unknown) => plainPart(part)) ?? 'nothing').slice(0, 300);
}

function plainPart(part: unknown): unknown {
  if (part instanceof Map || part instanceof Set) return [...part];
  return part instanceof Uint8Array ? `${part.length} bytes` : part;
}
