import type { LoadPrograms } from '../load.ts';

/** The official TypeScript SDK with its defaults, as client and as worker. */
export function temporalPrograms(port: number): LoadPrograms {
  return {
    worker: new URL('./worker-process.ts', import.meta.url),
    client: new URL('./client-process.ts', import.meta.url),
    args: [`127.0.0.1:${port}`],
  };
}
