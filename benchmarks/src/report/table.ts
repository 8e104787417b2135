import { type Figure, timesBetter } from '../measure/figure.ts';

/** What was measured of one peer. */
export interface Column {
  readonly name: string;
  readonly figures: readonly Figure[];
}

/**
 * The figures as text, a line each: of the first column, its target, and of each other column with how many times the
 * first is better.
 */
export function tableOf([first, ...others]: readonly Column[]): string {
  if (first === undefined) return '';
  const header = ['', 'unit', first.name, 'target', ...others.flatMap(({ name }) => [name, 'ratio'])];
  const rows = first.figures.map((figure) => [
    figure.what,
    figure.unit,
    numberText(figure.value),
    figure.target === undefined ? '' : numberText(figure.target),
    ...others.flatMap((column) =>
      cells(
        figure,
        column.figures.find(({ what }) => what === figure.what),
      ),
    ),
  ]);
  return align([header, ...rows]);
}

function cells(ours: Figure, theirs: Figure | undefined): [string, string] {
  if (theirs?.value === undefined) return ['', ''];
  const ratio = ours.value === undefined ? undefined : timesBetter(ours, ours.value, theirs.value);
  const isKnown = ratio !== undefined && Number.isFinite(ratio);
  return [numberText(theirs.value), isKnown ? `${numberText(ratio)}x` : ''];
}

/** Three digits that count. */
export function numberText(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '?';
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 3));
}

function align(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}
