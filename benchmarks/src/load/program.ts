import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const STOP_PATIENCE_MS = 15_000;

/** A process that its parent talks with. */
export class Program {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts a file; settles when it has said that it is ready. */
  static async start(file: URL, ...args: string[]): Promise<Program> {
    const program = new Program(fork(fileURLToPath(file), args));
    const ready = await program.#answer();
    if (ready !== 'ready') throw new Error(`${file.pathname} said ${String(ready)}`);
    return program;
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the program did not start');
    return this.#child.pid;
  }

  /** Sends a message and gives the answer to it. */
  async ask(message: object): Promise<unknown> {
    const answer = this.#answer();
    this.#child.send(message);
    return await answer;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const force = setTimeout(() => this.#child.kill('SIGKILL'), STOP_PATIENCE_MS);
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
    clearTimeout(force);
  }

  async #answer(): Promise<unknown> {
    const ends = new AbortController();
    const { signal } = ends;
    const ended = once(this.#child, 'exit', { signal }).then(() => Promise.reject(new Error('the program ended')));
    try {
      const [answer] = (await Promise.race([once(this.#child, 'message', { signal }), ended])) as unknown[];
      return answer;
    } finally {
      ends.abort();
      ended.catch(() => undefined);
    }
  }
}
