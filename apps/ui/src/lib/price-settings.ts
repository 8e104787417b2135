import { stored } from './preferences.ts';
import type { Prices } from './prices.ts';

/** None are shipped: they change, and differ by contract. */
export const priceSettings = stored<Prices>('prices', { currency: 'USD', models: [] }, (json) => json as Prices);
