import { isCurrency, type ModelPrice, type Prices } from '../../lib/prices.ts';

/** A line of the table, as it is typed. */
export interface PriceRow {
  /** Stays the same while the row is edited. */
  readonly key: number;
  readonly model: string;
  readonly input: string;
  readonly output: string;
  readonly cached: string;
}

export function rowsOf({ models }: Prices): readonly PriceRow[] {
  return models.map(({ model, input, output, cached }, key) => ({
    key,
    model,
    input: String(input),
    output: String(output),
    cached: cached === undefined ? '' : String(cached),
  }));
}

function amountOf(text: string): number | undefined {
  const amount = Number(text.trim());
  return text.trim() !== '' && Number.isFinite(amount) && amount >= 0 ? amount : undefined;
}

export function isAmount(text: string): boolean {
  return amountOf(text) !== undefined;
}

/** The prices; undefined where a row is not right yet. */
export function pricesOf(currency: string, rows: readonly PriceRow[]): Prices | undefined {
  const models = rows.map((row): ModelPrice | undefined => {
    const [input, output, cached] = [amountOf(row.input), amountOf(row.output), amountOf(row.cached)];
    const isRight = row.model.trim() !== '' && (row.cached.trim() === '' || cached !== undefined);
    return isRight && input !== undefined && output !== undefined
      ? { model: row.model.trim(), input, output, cached }
      : undefined;
  });
  if (!isCurrency(currency) || models.includes(undefined)) return undefined;
  return { currency, models: models.filter((model) => model !== undefined) };
}
