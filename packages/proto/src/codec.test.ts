import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { messageType, plain, withDefaults } from './codec.ts';
import { TimeoutType } from './generated/enums.ts';
import { DecodeError, EncodeError } from './wire/errors.ts';
import { nestingDepthMax } from './wire/reader.ts';

const execution = messageType('temporal.api.common.v1.WorkflowExecution');
const timestamp = messageType('google.protobuf.Timestamp');
const failure = messageType('temporal.api.failure.v1.Failure');
const failureInfo = messageType('temporal.api.failure.v1.ApplicationFailureInfo');
const value = messageType('google.protobuf.Value');
const header = messageType('temporal.api.common.v1.Header');
const invalidState = messageType('temporal.api.errordetails.v1.NamespaceInvalidStateFailure');

function bytes(...values: (number | string)[]): Uint8Array {
  return Uint8Array.from(values.flatMap((item) => (typeof item === 'string' ? [...Buffer.from(item)] : [item])));
}

describe('wire format', () => {
  test('is the documented one', () => {
    const encoded = execution.encode({ workflowId: 'order-1', runId: 'é' });
    assert.deepEqual(encoded, bytes(0x0a, 7, 'order-1', 0x12, 2, 0xc3, 0xa9));
    assert.deepEqual(plain(execution.decode(encoded)), { workflowId: 'order-1', runId: 'é' });
  });

  test('leaves defaults out unless the field has presence', () => {
    assert.equal(execution.encode({ workflowId: '', runId: undefined }).length, 0);
    assert.deepEqual(value.encode({ boolValue: false }), bytes(0x20, 0));
    assert.deepEqual(failure.encode({ cause: {} }), bytes(0x22, 0));
  });

  test('writes lists of numbers packed and reads both forms', () => {
    assert.deepEqual(invalidState.encode({ allowedStates: [1, 2] }), bytes(0x1a, 2, 1, 2));
    const decoded = invalidState.decode(bytes(0x18, 1, 0x1a, 2, 2, 3));
    assert.deepEqual(plain(decoded), { allowedStates: [1, 2, 3] });
  });

  test('moves content whose length needs more than one byte', () => {
    for (const length of [127, 128, 16_383, 16_384, 3_000_000]) {
      const message = { workflowId: 'x'.repeat(length), runId: 'end' };
      assert.deepEqual(plain(execution.decode(execution.encode(message))), message);
    }
  });

  test('reads strings of any length and script', () => {
    for (const text of [
      '',
      'a',
      'ä'.repeat(11),
      '日本'.repeat(30),
      '😀',
      'x'.repeat(24),
      'x'.repeat(25),
      '\uFFFD'.repeat(9),
    ]) {
      assert.equal(execution.decode(execution.encode({ workflowId: text })).workflowId, text);
    }
  });
});

describe('decoded messages', () => {
  test('own what was on the wire and read the rest as defaults', () => {
    const empty = failure.decode(new Uint8Array(0));
    assert.deepEqual(Object.keys(empty), []);
    assert.equal(empty.message, '');
    assert.equal(empty.cause, undefined);
    assert.equal(empty.applicationFailureInfo, undefined);
    assert.equal(timestamp.decode(new Uint8Array(0)).seconds, 0);
    assert.deepEqual(header.decode(new Uint8Array(0)).fields, {});
    assert.deepEqual(invalidState.decode(new Uint8Array(0)).allowedStates, []);
    assert.equal(value.decode(new Uint8Array(0)).boolValue, undefined);
    assert.equal(failureInfo.decode(new Uint8Array(0)).nonRetryable, false);
  });

  test('encode to the same bytes again', () => {
    const encoded = failure.encode({
      message: 'no',
      cause: { cause: { source: 'x' } },
      activityFailureInfo: { startedEventId: 7 },
    });
    assert.deepEqual(failure.encode(failure.decode(encoded)), encoded);
  });

  test('keep the last member of a oneof', () => {
    const both = bytes(...value.encode({ stringValue: 'a' }), ...value.encode({ boolValue: true }));
    assert.deepEqual(plain(value.decode(both)), { boolValue: true });
  });

  test('merge a message that comes twice', () => {
    const twice = bytes(
      ...failure.encode({ cause: { message: 'a', source: 's' } }),
      ...failure.encode({ cause: { message: 'b' } }),
    );
    assert.deepEqual(plain(failure.decode(twice)), { cause: { message: 'b', source: 's' } });
  });

  test('drop fields that the type does not have', () => {
    const unknown = bytes(0xf8, 0x07, 1, 0xf9, 0x07, 1, 2, 3, 4, 5, 6, 7, 8, 0xfa, 0x07, 1, 9, 0xfd, 0x07, 1, 2, 3, 4);
    const group = bytes(0xfb, 0x07, 0x08, 1, 0x0b, 0x0c, 0xfc, 0x07);
    assert.deepEqual(plain(execution.decode(bytes(...unknown, ...group, 0x0a, 1, 'w'))), { workflowId: 'w' });
  });

  test('hold map keys that mean something to JavaScript as plain keys', () => {
    const fields = Object.fromEntries([
      ['__proto__', { data: bytes(1) }],
      ['toString', { data: bytes(2) }],
    ]);
    const decoded = header.decode(header.encode({ fields }));
    assert.deepEqual(Object.keys(decoded.fields ?? {}), ['__proto__', 'toString']);
    assert.deepEqual(decoded.fields?.['toString']?.data, bytes(2));
  });

  test('fill map entries without key or value', () => {
    assert.deepEqual(plain(header.decode(bytes(0x0a, 0))), { fields: { '': {} } });
  });

  test('hold copies of bytes', () => {
    const payload = messageType('temporal.api.common.v1.Payload');
    const encoded = payload.encode({ data: bytes(1, 2, 3) });
    const { data } = payload.decode(encoded);
    encoded.fill(0xff);
    assert.deepEqual(data, bytes(1, 2, 3));
    assert.equal(data?.buffer.byteLength, 3);
  });
});

describe('64-bit integers', () => {
  test('are numbers', () => {
    const limits = [
      0,
      1,
      -1,
      127,
      128,
      2 ** 31,
      -(2 ** 31),
      2 ** 32,
      2 ** 35 + 5,
      Number.MAX_SAFE_INTEGER,
      Number.MIN_SAFE_INTEGER,
    ];
    for (const seconds of limits) {
      assert.equal(timestamp.decode(timestamp.encode({ seconds })).seconds, seconds);
    }
  });

  test('beyond 2^53 are refused, not rounded', () => {
    const beyond = bytes(0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10);
    assert.throws(() => timestamp.decode(beyond), new DecodeError('proto: 64-bit integer is beyond 2^53'));
    const below = bytes(0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01);
    assert.throws(() => timestamp.decode(below), DecodeError);
    assert.throws(() => timestamp.encode({ seconds: 2 ** 53 }), EncodeError);
  });
});

describe('malformed bytes', () => {
  const malformed: Record<string, Uint8Array> = {
    'a length beyond the end': bytes(0x0a, 5, 'abc'),
    'a message beyond its parent': bytes(0x22, 2, 0x0a, 2, 'ab'),
    'half a tag': bytes(0x8a),
    'a tag without value': bytes(0x0a),
    'field number 0': bytes(0x02, 0),
    'an endless varint': bytes(...Array.from({ length: 12 }, () => 0xff)),
    'a group that ends nowhere': bytes(0xfb, 0x07, 0x08, 1),
    'an end of no group': bytes(0xfc, 0x07),
    'wire type 6': bytes(0x0e, 1),
    'a short string that is not UTF-8': bytes(0x0a, 2, 0xc3, 0x28),
    'a long string that is not UTF-8': bytes(0x0a, 42, 'x'.repeat(40), 0xff, 0xff),
    'a surrogate in UTF-8': bytes(0x0a, 3, 0xed, 0xa0, 0x80),
    'too many nested groups': bytes(...Array.from({ length: nestingDepthMax + 5 }, () => 0x0b)),
  };

  for (const [what, input] of Object.entries(malformed)) {
    test(`${what} is a DecodeError`, () => assert.throws(() => failure.decode(input), DecodeError));
  }

  test('are refused in the words of Go', () => {
    const message = (input: Uint8Array): string => {
      try {
        failure.decode(input);
      } catch (error) {
        if (error instanceof DecodeError) return error.message;
      }
      return '';
    };
    assert.equal(message(bytes(0x0a, 5, 'abc')), 'proto: cannot parse invalid wire-format data');
    assert.equal(message(bytes(0x0a, 1, 0xff)), 'string field contains invalid UTF-8');
  });

  test('cut anywhere give a DecodeError or the fields before the cut', () => {
    const message = {
      message: 'boom',
      cause: { stackTrace: 'at f', timeoutFailureInfo: { timeoutType: TimeoutType.StartToClose } },
      encodedAttributes: {},
    };
    const encoded = failure.encode(message);
    let refused = 0;
    for (let length = 0; length < encoded.length; length += 1) {
      try {
        failure.decode(encoded.subarray(0, length));
      } catch (error) {
        assert.ok(error instanceof DecodeError);
        refused += 1;
      }
    }
    assert.equal(refused, encoded.length - 3, 'only the three ends of top-level fields are messages');
  });

  test('nested too deep are refused before the stack ends', () => {
    const nest = (depth: number): Uint8Array => {
      let inner: Uint8Array = new Uint8Array(0);
      for (let level = 0; level < depth; level += 1) {
        inner = Buffer.concat([bytes(0x22), varint(inner.length), inner]);
      }
      return inner;
    };
    assert.ok(failure.decode(nest(nestingDepthMax)).cause);
    assert.throws(
      () => failure.decode(nest(nestingDepthMax + 1)),
      new DecodeError('proto: exceeded maximum recursion depth'),
    );
  });
});

function varint(number: number): Uint8Array {
  const low = number & 0x7f;
  return number < 0x80 ? bytes(number) : bytes(low | 0x80, ...varint(number >>> 7));
}

test('a literal can have the defaults of a decoded message', () => {
  const literal = { message: 'm', cause: { cause: {} }, encodedAttributes: undefined };
  const filled = withDefaults('temporal.api.failure.v1.Failure', literal);
  assert.deepEqual(plain(filled), { message: 'm', cause: { cause: {} } });
  assert.equal(filled.cause?.cause?.source, '');
  assert.equal(filled.encodedAttributes, undefined);
  assert.equal(withDefaults('temporal.api.failure.v1.Failure', filled), filled);
  const fields = { a: { data: bytes(1) } };
  assert.deepEqual(withDefaults('temporal.api.common.v1.Header', { fields }).fields?.['a']?.metadata, {});
  const decoded = messageType('temporal.api.failure.v1.Failure').decode(new Uint8Array(0));
  assert.equal(Object.getPrototypeOf(filled), Object.getPrototypeOf(decoded));
});

test('a value that does not fit leaves the writer usable', () => {
  const wrong = { workflowId: 'fine', runId: 5 } as unknown as { runId: string };
  assert.throws(
    () => execution.encode(wrong),
    new EncodeError('temporal.api.common.v1.WorkflowExecution: 5 is no string'),
  );
  assert.deepEqual(execution.encode({ workflowId: 'w' }), bytes(0x0a, 1, 'w'));
});

test('a type that does not exist is named', () => {
  assert.throws(() => messageType('temporal.api.NoSuchType'), /no such message type: temporal\.api\.NoSuchType/);
});
