import { type Scalar, scalarFamily } from '../schema.ts';
import { JsonError } from './errors.ts';
import { isExactNumber } from './exact-json.ts';

const INTEGER_RANGES: Readonly<Partial<Record<Scalar, readonly [min: number, max: number]>>> = {
  int32: [-0x8000_0000, 0x7fff_ffff],
  sint32: [-0x8000_0000, 0x7fff_ffff],
  sfixed32: [-0x8000_0000, 0x7fff_ffff],
  uint32: [0, 0xffff_ffff],
  fixed32: [0, 0xffff_ffff],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  sint64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  sfixed64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  uint64: [0, Number.MAX_SAFE_INTEGER],
  fixed64: [0, Number.MAX_SAFE_INTEGER],
};

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

function numberOf(json: unknown): number | undefined {
  if (typeof json === 'number') return json;
  if (isExactNumber(json)) return Number(json.rawJSON);
  return typeof json === 'string' && NUMBER.test(json) ? Number(json) : undefined;
}

function integer(scalar: Scalar, json: unknown, path: string): number {
  const value = numberOf(json);
  const [min, max] = INTEGER_RANGES[scalar] ?? [0, 0];
  if (value === undefined || !Number.isInteger(value) || value < min || value > max) {
    throw new JsonError(path, `invalid value for ${scalar}: ${JSON.stringify(json)}`);
  }
  return value || 0;
}

function float(scalar: Scalar, json: unknown, path: string): number {
  if (json === 'NaN' || json === 'Infinity' || json === '-Infinity') return Number(json);
  const value = numberOf(json);
  if (value === undefined || !Number.isFinite(scalar === 'float' ? Math.fround(value) : value)) {
    throw new JsonError(path, `invalid value for ${scalar}: ${JSON.stringify(json)}`);
  }
  return value;
}

/** Reads a scalar, as a number or a string where protojson allows both. Map keys come as strings. */
export function scalarFromJson(scalar: Scalar, json: unknown, path: string): unknown {
  switch (scalarFamily(scalar)) {
    case 'string':
      if (typeof json === 'string') return json;
      break;
    case 'bool':
      if (typeof json === 'boolean') return json;
      break;
    case 'bytes':
      // Both alphabets, with or without padding.
      if (typeof json === 'string' && BASE64.test(json)) return new Uint8Array(Buffer.from(json, 'base64'));
      break;
    case 'float':
      return float(scalar, json, path);
    case 'integer32':
    case 'integer64':
      return integer(scalar, json, path);
  }
  throw new JsonError(path, `invalid value for ${scalar}: ${JSON.stringify(json)}`);
}
