import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConnectionError, ErrorCode } from '../protocol.ts';
import { HpackDecoder } from './decoder.ts';
import { encodeHeaders } from './encoder.ts';
import { type Field, FieldKind, makeField } from './field.ts';
import { DynamicTable } from './dynamic-table.ts';
import { decodedLengthMax, decodeHuffman, huffmanCodes } from './huffman.ts';

function decode(decoder: HpackDecoder, bytes: Buffer): Field[] {
  const fields: Field[] = [];
  decoder.decode(bytes, 0, bytes.length, { add: (field) => fields.push(field) });
  return fields;
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const lines = (fields: readonly Field[]): string[] => fields.map(({ name, value }) => `${name}: ${value}`);

/** Encodes as the code says, and fills up with ones. */
function encodeHuffman(bytes: Uint8Array): Buffer {
  const codes = new Map(huffmanCodes().map((code) => [code.symbol, code]));
  let bits = '';
  for (const byte of bytes) {
    const code = codes.get(byte);
    bits += code?.bits.toString(2).padStart(code.length, '0');
  }
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1');
  return Buffer.from((padded.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

function decodeText(bytes: Buffer): string | undefined {
  const into = Buffer.alloc(decodedLengthMax(bytes.length));
  const length = decodeHuffman(bytes, 0, bytes.length, into);
  return length < 0 ? undefined : into.toString('latin1', 0, length);
}

describe('the examples of RFC 7541', () => {
  test('C.2, single fields', () => {
    const fields: [bytes: string, field: string][] = [
      ['400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572', 'custom-key: custom-header'],
      ['040c 2f73 616d 706c 652f 7061 7468', ':path: /sample/path'],
      ['1008 7061 7373 776f 7264 0673 6563 7265 74', 'password: secret'],
      ['82', ':method: GET'],
    ];
    for (const [bytes, field] of fields) assert.deepEqual(lines(decode(new HpackDecoder(), hex(bytes))), [field]);
  });

  const first = [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'];
  const second = [...first, 'cache-control: no-cache'];
  const third = [
    ...[':method: GET', ':scheme: https', ':path: /index.html', ':authority: www.example.com'],
    'custom-key: custom-value',
  ];

  test('C.3 and C.4, requests that refer to one another, without Huffman codes and with them', () => {
    const plain = [
      '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
      '8286 84be 5808 6e6f 2d63 6163 6865',
      '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
    ];
    const coded = [
      '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
      '8286 84be 5886 a8eb 1064 9cbf',
      '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
    ];
    for (const blocks of [plain, coded]) {
      const decoder = new HpackDecoder();
      assert.deepEqual(
        blocks.map((block) => lines(decode(decoder, hex(block)))),
        [first, second, third],
      );
    }
  });

  test('C.6, answers that do not all fit into a table of 256 bytes', () => {
    const decoder = new HpackDecoder();
    // The table is made that small first.
    decode(decoder, hex('3fe1 01'));
    const blocks = [
      '4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3',
      '4883 640e ffc1 c0bf',
      '88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07',
    ];
    const [one, two, three] = blocks.map((block) => decode(decoder, hex(block)));
    const date = 'date: Mon, 21 Oct 2013 20:13:21 GMT';
    const location = 'location: https://www.example.com';
    // Responses may have fields that requests may not: what a field is called is all that matters here.
    assert.deepEqual(lines(one ?? []), [':status: 302', 'cache-control: private', date, location]);
    assert.deepEqual(lines(two ?? []), [':status: 307', 'cache-control: private', date, location]);
    assert.deepEqual(lines(three ?? []), [
      ...[':status: 200', 'cache-control: private', 'date: Mon, 21 Oct 2013 20:13:22 GMT', location],
      ...['content-encoding: gzip', 'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'],
    ]);
    // The last three are left.
    assert.deepEqual(lines(decode(decoder, hex('bebfc0'))), [
      ...['set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1', 'content-encoding: gzip'],
      'date: Mon, 21 Oct 2013 20:13:22 GMT',
    ]);
    assert.throws(() => decode(decoder, hex('c1')), ConnectionError);
  });
});

describe('Huffman codes', () => {
  test('of every byte, alone and all together, come back', () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    for (const byte of all) assert.equal(decodeText(encodeHuffman(Buffer.of(byte))), String.fromCharCode(byte));
    assert.equal(decodeText(encodeHuffman(all)), all.toString('latin1'));
    assert.equal(decodeText(Buffer.alloc(0)), '');
  });

  const broken: [what: string, bytes: string][] = [
    ['a byte of nothing but padding', 'ff'],
    ['padding of zeros', '1800'],
    ['padding that is longer than seven bits', '1fff'],
    ['a code that is not whole', 'fe'],
    ['the end of the text in the middle', 'fffffffc'],
  ];
  for (const [what, bytes] of broken) test(`${what}: no text`, () => assert.equal(decodeText(hex(bytes)), undefined));
});

describe('bytes that are no headers', () => {
  const blocks: [what: string, bytes: string][] = [
    ['the index 0', '80'],
    ['an index beyond the tables', 'be'],
    ['a name beyond the tables', '7f 00 0161'],
    ['an integer that never ends', 'ff ffffffffffffffff'],
    ['an integer that is cut off', 'ff'],
    ['a name that is cut off', '00 05 6162'],
    ['a value that is cut off', '04 05 6162'],
    ['a value that is not there', '04'],
    ['a Huffman code that is none', '00 01 61 81 ff'],
    ['a table that is larger than allowed', '3fe21f'],
    ['a size of the table after a field', '82 20'],
  ];
  for (const [what, bytes] of blocks) {
    test(what, () => {
      assert.throws(
        () => decode(new HpackDecoder(), hex(bytes)),
        (error) => error instanceof ConnectionError && error.code === ErrorCode.CompressionError,
      );
    });
  }
});

describe('the table', () => {
  test('gives up the oldest for the latest, and all for one that is too large', () => {
    const table = new DynamicTable(100);
    // Each has 32 bytes beside its texts.
    const [a, b, c] = ['a', 'b', 'c'].map((name) => makeField(name, '1'.repeat(9)));
    assert.ok(a !== undefined && b !== undefined && c !== undefined);
    table.add(a);
    table.add(b);
    assert.deepEqual([table.at(0), table.at(1), table.sizeBytes], [b, a, 84]);
    table.add(c);
    assert.deepEqual([table.at(0), table.at(1), table.at(2)], [c, b, undefined]);
    table.add(makeField('large', 'x'.repeat(100)));
    assert.deepEqual([table.count, table.sizeBytes], [0, 0]);
  });

  test('is emptied by a smaller size, and takes no larger one than was agreed on', () => {
    const table = new DynamicTable(100);
    table.add(makeField('a', '1'));
    assert.ok(table.resize(33));
    assert.equal(table.count, 0);
    assert.ok(table.resize(100));
    assert.ok(!table.resize(101));
  });

  test('keeps its order when it grows', () => {
    const table = new DynamicTable(4_096);
    for (let index = 0; index < 150; index++) table.add(makeField('n', String(index)));
    assert.equal(table.count, 115);
    assert.deepEqual([table.at(0)?.value, table.at(114)?.value, table.at(115)], ['149', '35', undefined]);
  });
});

describe('a field', () => {
  test('that comes again as the same literal is the same object, but not one of another name', () => {
    const decoder = new HpackDecoder();
    const path = encodeHeaders([[':path', '/a/b']]);
    const [one] = decode(decoder, path);
    const [two] = decode(decoder, path);
    assert.equal(one, two);
    // The same value after the index of :authority.
    const [authority] = decode(decoder, Buffer.concat([Buffer.of(0x01), path.subarray(1)]));
    assert.deepEqual([authority?.name, authority?.value], [':authority', '/a/b']);
  });

  test('is encoded so that it comes back', () => {
    const fields: [string, string][] = [
      [':status', '200'],
      [':status', '415'],
      ['content-type', 'application/grpc'],
      ['grpc-message', ''],
      ['grpc-status-details-bin', 'x'.repeat(70_000)],
      ['x-latin', 'é'],
    ];
    assert.deepEqual(
      decode(new HpackDecoder(), encodeHeaders(fields)).map(({ name, value }) => [name, value]),
      fields,
    );
  });

  test('is malformed by its name or its value', () => {
    const bad: [string, string][] = [
      ['', 'x'],
      ['Upper', 'x'],
      ['with space', 'x'],
      [':unknown', 'x'],
      ['connection', 'close'],
      ['x', 'a\nb'],
      ['x', 'a\0b'],
    ];
    for (const [name, value] of bad) assert.equal(makeField(name, value).kind, FieldKind.Malformed, name);
    assert.equal(makeField('x-any_thing.else', 'a\tb é').kind, FieldKind.Regular);
  });
});
