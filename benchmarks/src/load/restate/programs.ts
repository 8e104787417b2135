import type { LoadPrograms } from '../load.ts';

/** The Restate SDK of a folder as the service, and a client of the server's ingress. */
export function restatePrograms(folder: string, port: number): LoadPrograms {
  return {
    worker: new URL('./service-process.ts', import.meta.url),
    client: new URL('./client-process.ts', import.meta.url),
    args: [folder, String(port)],
  };
}
