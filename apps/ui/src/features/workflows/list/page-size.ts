import { stored } from '../../../lib/preferences.ts';

export const pageSizes = [100, 250, 500] as const;

/** How many workflows a reader wants on a page. */
export const pageSize = stored<number>('pageSize', pageSizes[0], (json) => {
  return pageSizes.find((size) => size === json) ?? pageSizes[0];
});
