/** Whether the server takes requests: what load balancers ask, beside whether it lives. */
export class Readiness {
  #isReady = false;

  /** False before the server listens, once it is about to stop, and after it has failed. */
  get isReady(): boolean {
    return this.#isReady;
  }

  set(isReady: boolean): void {
    this.#isReady = isReady;
  }
}

/** The answer to a probe. */
export interface ProbeAnswer {
  readonly status: 200 | 503;
  readonly body: string;
}

/** Answers `/healthz` (the process lives and answers) and `/readyz` (it takes requests); undefined for other paths. */
export function answerProbe(path: string, { isReady }: Readiness): ProbeAnswer | undefined {
  if (path === '/healthz') return { status: 200, body: '{"status":"OK"}' };
  if (path !== '/readyz') return undefined;
  return isReady ? { status: 200, body: '{"status":"OK"}' } : { status: 503, body: '{"status":"not ready"}' };
}
