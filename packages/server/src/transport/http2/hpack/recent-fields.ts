import type { Field } from './field.ts';

const SLOTS = 32;
const VALUE_BYTES_MAX = 128;

interface Slot {
  readonly nameIndex: number;
  readonly isHuffman: boolean;
  readonly bytes: Uint8Array;
  readonly field: Field;
}

/**
 * Fields that came as literals, by their bytes: clients send some of them, such as the path, anew with each call, and do
 * not let them be added to the table. Each connection has its own, so that nobody learns from the time that a call takes
 * what others have sent.
 */
export class RecentFields {
  #slots: (Slot | undefined)[] | undefined;

  get(nameIndex: number, isHuffman: boolean, from: Uint8Array, start: number, end: number): Field | undefined {
    const slot = this.#slots?.[slotOf(nameIndex, from, start, end)];
    if (slot === undefined || slot.nameIndex !== nameIndex || slot.isHuffman !== isHuffman) return undefined;
    const { bytes } = slot;
    if (bytes.length !== end - start) return undefined;
    for (let index = 0; index < bytes.length; index++) if (bytes[index] !== from[start + index]) return undefined;
    return slot.field;
  }

  set(nameIndex: number, isHuffman: boolean, from: Uint8Array, start: number, end: number, field: Field): void {
    if (end - start > VALUE_BYTES_MAX) return;
    this.#slots ??= Array.from({ length: SLOTS });
    const bytes = Uint8Array.prototype.slice.call(from, start, end);
    this.#slots[slotOf(nameIndex, from, start, end)] = { nameIndex, isHuffman, bytes, field };
  }
}

function slotOf(nameIndex: number, from: Uint8Array, start: number, end: number): number {
  let hash = nameIndex + (end - start);
  // The ends of paths tell methods apart.
  for (let at = Math.max(start, end - 16); at < end; at++) hash = (Math.imul(hash, 31) + (from[at] as number)) | 0;
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}
