/** The two runs that are compared; a run id that is lacking means the latest. */
export interface CompareSearch {
  readonly leftId?: string | undefined;
  readonly leftRun?: string | undefined;
  readonly rightId?: string | undefined;
  readonly rightRun?: string | undefined;
}

const names = ['leftId', 'leftRun', 'rightId', 'rightRun'] as const;

export function readCompareSearch(search: Record<string, unknown>): CompareSearch {
  const found = names.flatMap((name) => {
    const value = search[name];
    return (typeof value === 'string' && value !== '') || typeof value === 'number' ? [[name, String(value)]] : [];
  });
  return Object.fromEntries(found) as CompareSearch;
}
