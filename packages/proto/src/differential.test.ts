import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { messageType, plain } from './codec.ts';
import {
  enumSchema,
  type FieldSchema,
  messageSchema,
  type Scalar,
  scalarFamily,
  schemaNames,
  type ValueType,
} from './schema.ts';

/** What the test uses of protobufjs, which @temporalio/proto is built on. */
interface ReferenceType {
  fromObject(message: object): object;
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
  toObject(message: object, options: object): object;
}

const require = createRequire(import.meta.url);
const reference = require('@temporalio/proto/protos/json-module.js') as { lookupType(name: string): ReferenceType };

/** A small generator of pseudo-random numbers (xorshift), so that a failure can be seen again. */
function makeRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

type Random = (below: number) => number;

const LONGS = [1, 127, 128, 300, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];
const TEXTS = ['x', 'wörk', 'a longer plain text of more than two dozen bytes', '日本語', 'y'.repeat(200)];

function randomScalar(scalar: Scalar, random: Random): unknown {
  switch (scalarFamily(scalar)) {
    case 'string':
      return TEXTS[random(TEXTS.length)];
    case 'bytes':
      return Uint8Array.from({ length: 1 + random(200) }, () => random(256));
    case 'bool':
      return true;
    case 'float':
      return (random(1000) - 500) / 8 || 1;
    case 'integer32':
      return (scalar.startsWith('u') ? 1 : random(2) || -1) * (1 + random(2 ** 31 - 1));
    case 'integer64':
      return (scalar.startsWith('u') ? 1 : random(2) || -1) * (LONGS[random(LONGS.length)] ?? 1);
  }
}

function randomValue(type: ValueType, random: Random, depth: number): unknown {
  if (type.kind === 'scalar') return randomScalar(type.scalar, random);
  if (type.kind === 'message') return randomMessage(type.name, random, depth + 1);
  const numbers = [...enumSchema(type.name).nameByNumber.keys()];
  return numbers[random(numbers.length)];
}

function randomField(field: FieldSchema, random: Random, depth: number): unknown {
  const values = Array.from({ length: 1 + random(3) }, () => randomValue(field.value, random, depth));
  if (field.shape === 'repeated') return values;
  if (field.shape === 'single') return values[0];
  return Object.fromEntries(
    values.map((value, index) => [field.key === 'string' ? `key ${index}` : String(index + 1), value]),
  );
}

function randomMessage(typeName: string, random: Random, depth: number): object {
  const message: Record<string, unknown> = {};
  const oneofs = new Set<string>();
  for (const field of messageSchema(typeName).fields) {
    if (random(3) === 0 || (depth > 2 && field.value.kind === 'message')) continue;
    if (field.oneof !== undefined && oneofs.has(field.oneof)) continue;
    if (field.oneof !== undefined) oneofs.add(field.oneof);
    message[field.name] = randomField(field, random, depth);
  }
  return message;
}

/** Names `Any.typeUrl` as protobufjs does. */
function forReference(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(forReference);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key === 'typeUrl' ? 'type_url' : key, forReference(inner)]),
  );
}

test('every message of the protocol has the bytes that @temporalio/proto gives it', () => {
  const random = makeRandom(20_240_607);
  const names = schemaNames().messages.filter((name) => name.startsWith('temporal.') || name.startsWith('google.rpc.'));
  assert.ok(names.length > 600);
  for (const name of names) {
    const type = reference.lookupType(name);
    for (let round = 0; round < 3; round += 1) {
      const message = randomMessage(name, random, 0);
      const expected = new Uint8Array(type.encode(type.fromObject(forReference(message) as object)).finish());
      assert.deepEqual(messageType(name).encode(message), expected, name);
      const theirs = type.toObject(type.decode(expected), { longs: Number, bytes: Array });
      const ours: unknown = forReference(plain(messageType(name).decode(expected)));
      assert.deepEqual(bytesAsLists(ours), bytesAsLists(theirs), name);
    }
  }
});

function bytesAsLists(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(bytesAsLists);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, bytesAsLists(inner)]));
}

test("the official SDK's own messages keep their Longs", () => {
  const timestamp = reference.lookupType('google.protobuf.Timestamp');
  const seconds = 2 ** 40;
  const bytes = messageType('google.protobuf.Timestamp').encode({ seconds });
  const theirs = timestamp.decode(bytes) as { seconds: { toNumber(): number } };
  assert.equal(theirs.seconds.toNumber(), seconds);
});
