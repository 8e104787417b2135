/**
 * Symbols by the length of their codes, in bits; ranges as first and last. The code is canonical: in this order each code
 * is the one before it plus one, with zeros after it where it is longer. Source: RFC 7541, appendix B.
 */
const SYMBOLS_BY_LENGTH: Readonly<Record<number, string>> = {
  5: '48-50 97 99 101 105 111 115-116',
  6: '32 37 45-47 51-57 61 65 95 98 100 102-104 108-110 112 114 117',
  7: '58 66-87 89 106-107 113 118-122',
  8: '38 42 44 59 88 90',
  10: '33-34 40-41 63',
  11: '39 43 124',
  12: '35 62',
  13: '0 36 64 91 93 126',
  14: '94 125',
  15: '60 96 123',
  19: '92 195 208',
  20: '128 130-131 162 184 194 224 226',
  21: '153 161 167 172 176-177 179 209 216-217 227 229-230',
  22: '129 132-134 136 146 154 156 160 163-164 169-170 173 178 181 185-187 189-190 196 198 228 232-233',
  23: '1 135 137-141 143 147 149-152 155 157-158 165-166 168 174-175 180 182-183 188 191 197 231 239',
  24: '9 142 144-145 148 159 171 206 215 225 236-237',
  25: '199 207 234-235',
  26: '192-193 200-202 205 210 213 218-219 238 240 242-243 255',
  27: '203-204 211-212 214 221-223 241 244-248 250-254',
  28: '2-8 11-12 14-21 23-31 127 220 249',
  30: '10 13 22 256',
};

/** The symbol that ends a text, and of which only the first bits may appear: they fill the last byte. */
const END_OF_STRING = 256;

/** A code: its bits, from the highest on, and how many they are. */
export interface Code {
  readonly symbol: number;
  readonly bits: number;
  readonly length: number;
}

/** All codes, the shortest first. */
export function huffmanCodes(): Code[] {
  const codes: Code[] = [];
  let next = 0;
  let before = 0;
  for (const [key, ranges] of Object.entries(SYMBOLS_BY_LENGTH)) {
    const length = Number(key);
    next *= 2 ** (length - before);
    before = length;
    for (const range of ranges.split(' ')) {
      const [first = 0, last = first] = range.split('-').map(Number);
      for (let symbol = first; symbol <= last; symbol++) codes.push({ symbol, bits: next++, length });
    }
  }
  return codes;
}

// What four bits do to a state, a node of the tree of codes: the state that follows in the lower half of the entry, above
// it a flag and the symbol where a code ends. Codes have at least five bits, so no more than one ends in four.
const STATES_MAX = 256;
const NEXT_MASK = 0x1ff;
const FAILS = 0x200;
const EMITS = 0x400;
const SYMBOL_SHIFT = 11;

interface Automaton {
  readonly steps: Uint32Array;
  /** Whether a text may end in a state: the bits since the last code are fewer than eight, and all of them ones. */
  readonly mayEnd: Uint8Array;
}

interface Node {
  readonly index: number;
  readonly mayEnd: boolean;
  readonly branches: [Node | number | undefined, Node | number | undefined];
}

function makeAutomaton(): Automaton {
  const nodes: Node[] = [];
  const add = (mayEnd: boolean): Node => {
    const node: Node = { index: nodes.length, mayEnd, branches: [undefined, undefined] };
    nodes.push(node);
    return node;
  };
  const root = add(true);
  for (const { symbol, bits, length } of huffmanCodes()) {
    let node = root;
    for (let depth = 1; depth < length; depth++) {
      const bit = (bits >>> (length - depth)) & 1;
      const branch = node.branches[bit] ?? add(node.mayEnd && bit === 1 && depth < 8);
      if (typeof branch === 'number') throw new Error('a code begins with another');
      node.branches[bit] = branch;
      node = branch;
    }
    node.branches[bits & 1] = symbol;
  }
  const steps = new Uint32Array(STATES_MAX * 16);
  for (const node of nodes) {
    for (let nibble = 0; nibble < 16; nibble++) steps[node.index * 16 + nibble] = stepFrom(node, root, nibble);
  }
  return { steps, mayEnd: Uint8Array.from(nodes, ({ mayEnd }) => Number(mayEnd)) };
}

function stepFrom(from: Node, root: Node, nibble: number): number {
  let node = from;
  let emitted = 0;
  for (let shift = 3; shift >= 0; shift--) {
    const branch = node.branches[(nibble >> shift) & 1];
    if (branch === undefined || branch === END_OF_STRING) return FAILS;
    if (typeof branch === 'number') emitted = EMITS | (branch << SYMBOL_SHIFT);
    node = typeof branch === 'number' ? root : branch;
  }
  return emitted | node.index;
}

const { steps, mayEnd } = makeAutomaton();

/** The most that so many bytes decode to. */
export function decodedLengthMax(length: number): number {
  return Math.floor((length * 8) / 5);
}

/** Decodes what is between `start` and `end` into `into`, which has room. Gives the length, or -1 for what is no code. */
export function decodeHuffman(from: Uint8Array, start: number, end: number, into: Uint8Array): number {
  let state = 0;
  let length = 0;
  for (let at = start; at < end; at++) {
    const byte = from[at] as number;
    const high = steps[state * 16 + (byte >> 4)] as number;
    if ((high & EMITS) !== 0) into[length++] = high >> SYMBOL_SHIFT;
    const low = steps[(high & NEXT_MASK) * 16 + (byte & 15)] as number;
    if ((low & EMITS) !== 0) into[length++] = low >> SYMBOL_SHIFT;
    if (((high | low) & FAILS) !== 0) return -1;
    state = low & NEXT_MASK;
  }
  return mayEnd[state] === 1 ? length : -1;
}
