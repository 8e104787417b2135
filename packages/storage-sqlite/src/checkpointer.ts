import type { CommitSize } from './commit-route.ts';
import type { ThreadOnDemand } from './thread-on-demand.ts';
import type { Writer } from './writer.ts';

/** Bytes of a page. */
const PAGE_SIZE_BYTES = 4_096;

/** Pages that a row dirties in a small commit, about: its own, and a share of those of its indexes. */
const PAGES_PER_ROW = 1.5;

/** Pages after which the log is copied into the file: 8 MB. */
const CHECKPOINT_PAGES = 2_048;

/** Pages that may be copied while commits wait: 1 MB takes a few milliseconds and the disk's syncs. */
const HELD_PAGES_MAX = 256;

/** How often the copying is repeated beside commits that write faster than that. */
const ROUNDS_MAX = 3;

/**
 * Keeps the log short without a commit ever waiting for the bulk of the work: the background thread copies pages while
 * commits go on; only what they wrote meanwhile is copied with commits held, so that the next one begins the log anew.
 */
export class Checkpointer {
  readonly #thread: ThreadOnDemand;
  readonly #pause: Writer['pauseFor'];
  readonly #onFailure: (message: string) => void;
  #pages: number;
  #running: Promise<void> | undefined;

  constructor(options: {
    readonly thread: ThreadOnDemand;
    readonly pause: Writer['pauseFor'];
    /** Size of the log that an earlier process left. */
    readonly logSizeBytes: number;
    readonly onFailure: (message: string) => void;
  }) {
    this.#thread = options.thread;
    this.#pause = options.pause;
    this.#onFailure = options.onFailure;
    this.#pages = options.logSizeBytes / PAGE_SIZE_BYTES;
  }

  /** Takes note of a commit, and begins a checkpoint when one is due. */
  noteCommit({ rows, bytes }: CommitSize): void {
    this.#pages += rows * PAGES_PER_ROW + bytes / PAGE_SIZE_BYTES;
    if (this.#pages < CHECKPOINT_PAGES || this.#running !== undefined) return;
    this.#running = this.#run().finally(() => (this.#running = undefined));
  }

  /** Waits for the checkpoint that is under way. */
  async settle(): Promise<void> {
    await this.#running;
  }

  /** A checkpoint that fails is tried again with the next: the log holds everything. */
  async #run(): Promise<void> {
    try {
      for (let round = 0; round < ROUNDS_MAX; round++) {
        this.#pages = 0;
        await this.#thread.request({ kind: 'checkpoint' });
        if (this.#pages <= HELD_PAGES_MAX) break;
      }
      this.#pages = 0;
      await this.#pause(() => this.#thread.request({ kind: 'checkpoint' }));
    } catch (error) {
      this.#onFailure(
        `a checkpoint failed and will be tried again: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
}
