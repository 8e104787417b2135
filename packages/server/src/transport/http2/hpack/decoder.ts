import { ConnectionError, ErrorCode } from '../protocol.ts';
import { DynamicTable } from './dynamic-table.ts';
import { type Field, makeField } from './field.ts';
import { decodedLengthMax, decodeHuffman } from './huffman.ts';
import { RecentFields } from './recent-fields.ts';
import { staticTable } from './static-table.ts';

/** What HTTP/2 gives the table of a peer that has not agreed on another size; the server asks for no other. */
const TABLE_SIZE_BYTES = 4_096;

/** Bits that an integer has room for: more than any length or index within the bounds on a block of headers. */
const INTEGER_SHIFT_MAX = 21;

/** Takes the fields of a block of headers, in their order. */
export interface FieldSink {
  add(field: Field): void;
}

const scratch = Buffer.allocUnsafeSlow(8_192);

/** Decodes the blocks of headers of one connection. Source: RFC 7541. */
export class HpackDecoder {
  readonly #table = new DynamicTable(TABLE_SIZE_BYTES);
  readonly #recent = new RecentFields();
  #from: Buffer = scratch;
  #at = 0;
  #end = 0;

  /** Throws `ConnectionError` where the block is none: nothing after it can be understood. */
  decode(from: Buffer, start: number, end: number, sink: FieldSink): void {
    this.#from = from;
    this.#at = start;
    this.#end = end;
    let mayResize = true;
    while (this.#at < end) {
      const byte = this.#byte();
      if (byte >= 0x80) sink.add(this.#field(this.#integer(byte, 0x7f)));
      else if (byte >= 0x40) this.#addTo(sink, this.#literal(this.#integer(byte, 0x3f)));
      else if (byte < 0x20) sink.add(this.#passing(this.#integer(byte, 0x0f)));
      else if (!mayResize || !this.#table.resize(this.#integer(byte, 0x1f))) throw malformed('size of the table');
      if (byte < 0x20 || byte >= 0x40) mayResize = false;
    }
    this.#from = scratch;
  }

  #addTo(sink: FieldSink, field: Field): void {
    this.#table.add(field);
    sink.add(field);
  }

  #byte(): number {
    if (this.#at >= this.#end) throw malformed('end of a block');
    return this.#from[this.#at++] as number;
  }

  /** An integer whose first bits, as many as the mask has, were in the byte just read. */
  #integer(byte: number, mask: number): number {
    let value = byte & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= INTEGER_SHIFT_MAX; shift += 7) {
      const next = this.#byte();
      value += (next & 0x7f) << shift;
      if (next < 0x80) return value;
    }
    throw malformed('integer');
  }

  #field(index: number): Field {
    const field = index <= staticTable.length ? staticTable[index - 1] : this.#table.at(index - staticTable.length - 1);
    if (field === undefined) throw malformed('index');
    return field;
  }

  /** A literal, which has its name from the table or, with the index 0, before its value. */
  #literal(nameIndex: number): Field {
    const name = nameIndex === 0 ? this.#text() : this.#field(nameIndex).name;
    return makeField(name, this.#text());
  }

  /** A literal that is not added to the table, and so may come again. */
  #passing(nameIndex: number): Field {
    if (nameIndex === 0 || nameIndex > staticTable.length) return this.#literal(nameIndex);
    const byte = this.#byte();
    const length = this.#integer(byte, 0x7f);
    const [isHuffman, start, end] = [byte >= 0x80, this.#at, this.#at + length];
    if (end > this.#end) throw malformed('length of a text');
    const known = this.#recent.get(nameIndex, isHuffman, this.#from, start, end);
    if (known !== undefined) {
      this.#at = end;
      return known;
    }
    const field = makeField(this.#field(nameIndex).name, this.#textOf(isHuffman, length));
    this.#recent.set(nameIndex, isHuffman, this.#from, start, end, field);
    return field;
  }

  #text(): string {
    const byte = this.#byte();
    return this.#textOf(byte >= 0x80, this.#integer(byte, 0x7f));
  }

  #textOf(isHuffman: boolean, length: number): string {
    const start = this.#at;
    const end = start + length;
    if (end > this.#end) throw malformed('length of a text');
    this.#at = end;
    if (!isHuffman) return this.#from.toString('latin1', start, end);
    const lengthMax = decodedLengthMax(length);
    const into = lengthMax <= scratch.length ? scratch : Buffer.allocUnsafe(lengthMax);
    const decoded = decodeHuffman(this.#from, start, end, into);
    if (decoded < 0) throw malformed('text');
    return into.toString('latin1', 0, decoded);
  }
}

function malformed(what: string): ConnectionError {
  return new ConnectionError(ErrorCode.CompressionError, `headers: bad ${what}`);
}
