import { appendFileSync } from 'node:fs';

/** Activities that write each of their executions to a ledger, a line each. */
export function createActivities(ledger: string) {
  const write = (line: string): string => {
    appendFileSync(ledger, `${line}\n`);
    return line;
  };
  return {
    reserve: async (id: string): Promise<string> => write(`reserved ${id}`),
    charge: async (id: string): Promise<string> => write(`charged ${id}`),
    ship: async (id: string, parcel: number): Promise<string> => write(`shipped ${id} ${parcel}`),
  };
}
