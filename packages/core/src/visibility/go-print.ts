/** A JSON value as Go prints it with `%v`, which error texts show. */
export function printJson(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'number') return printNumber(value);
  if (Array.isArray(value)) return `[${value.map(printJson).join(' ')}]`;
  if (typeof value !== 'object') return String(value as string | boolean);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${printJson(item)}`).join(' ')}]`;
}

/** Go's shortest `%g`: with an exponent below 1e-04 and from 1e+06. */
function printNumber(value: number): string {
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 6) return String(value);
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
