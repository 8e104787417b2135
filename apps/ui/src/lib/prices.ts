/** What a model costs, in units of the reader's currency for a million tokens. */
export interface ModelPrice {
  /** As calls name it; with `*` at its end all whose names begin so. */
  readonly model: string;
  readonly input: number;
  readonly output: number;
  /** Of input that the provider had in its cache; undefined where that costs as all input. */
  readonly cached: number | undefined;
}

export interface Prices {
  /** A code of ISO 4217. */
  readonly currency: string;
  readonly models: readonly ModelPrice[];
}

export interface PricedTokens {
  readonly input: number | undefined;
  readonly cached: number | undefined;
  readonly output: number | undefined;
}

const perTokens = 1_000_000;

/** What a call costs; undefined where its model has no price, or its tokens are not known. */
export function costOf(model: string, tokens: PricedTokens, { models }: Prices): number | undefined {
  const price = priceOf(model, models);
  const { input, cached = 0, output } = tokens;
  if (price === undefined || (input === undefined && output === undefined)) return undefined;
  const fresh = Math.max(0, (input ?? 0) - cached);
  return (fresh * price.input + cached * (price.cached ?? price.input) + (output ?? 0) * price.output) / perTokens;
}

/** The price of the model itself, else that of the longest beginning. */
export function priceOf(model: string, models: readonly ModelPrice[]): ModelPrice | undefined {
  const exact = models.find((price) => price.model === model);
  if (exact !== undefined) return exact;
  const matching = models.filter((price) => price.model.endsWith('*') && model.startsWith(price.model.slice(0, -1)));
  return matching.toSorted((left, right) => right.model.length - left.model.length)[0];
}

/** `$0.0012`: as many digits as it takes to say something of less than a cent. */
export function formatMoney(amount: number, currency: string): string {
  const maximumFractionDigits = amount !== 0 && amount < 0.1 ? 6 : 2;
  return new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    minimumFractionDigits: 2,
    maximumFractionDigits,
  }).format(amount);
}

export function isCurrency(code: string): boolean {
  return /^[A-Z]{3}$/.test(code);
}
