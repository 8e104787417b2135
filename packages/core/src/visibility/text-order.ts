/** Orders texts by code point, which is also the order of the UTF-8 bytes that SQL stores compare. */
export function compareTexts(a: string, b: string): number {
  let index = 0;
  while (index < a.length && a.charCodeAt(index) === b.charCodeAt(index)) index++;
  return codePointAround(a, index) - codePointAround(b, index);
}

/** The code point of which the unit at the index is a part; -1 after the end. */
function codePointAround(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  const isTrailing = unit >= 0xdc00 && unit < 0xe000 && index > 0;
  const leading = isTrailing ? text.charCodeAt(index - 1) : Number.NaN;
  const start = leading >= 0xd800 && leading < 0xdc00 ? index - 1 : index;
  return text.codePointAt(start) ?? -1;
}
