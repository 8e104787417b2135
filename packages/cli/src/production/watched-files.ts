import { readFile } from 'node:fs/promises';
import type { Host, HostTimer } from '@perdure/server';

/** Files that belong together, such as a certificate and its key. */
export interface WatchedFiles {
  readonly paths: readonly string[];
  /** Called with the contents, in the order of the paths, when one of them has changed. What it throws is reported. */
  readonly onChange: (contents: readonly string[]) => void | Promise<void>;
  readonly onFailure: (error: unknown) => void;
}

export interface WatchOptions {
  readonly host: Host;
  readonly intervalMs: number;
}

interface WatchedGroup {
  readonly files: WatchedFiles;
  seen: string;
  /** Why they could not be read when they were last looked at. */
  unreadable: string | undefined;
}

/**
 * Looks at files again and again and tells when their content has changed. It reads them rather than asking the system for
 * news: that works the same on every file system, and through links that are switched, as Kubernetes does with secrets. A
 * change that was refused is told of once; the files are tried again when they change again.
 */
export class FileWatch {
  readonly #options: WatchOptions;
  readonly #groups: WatchedGroup[] = [];
  #timer: HostTimer | undefined;
  #isStopped = false;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** `contents`: what the caller has already read. */
  add(files: WatchedFiles, contents: readonly string[]): void {
    this.#groups.push({ files, seen: fingerprint(contents), unreadable: undefined });
    if (this.#timer === undefined) this.#schedule();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #schedule(): void {
    if (this.#isStopped) return;
    const { host, intervalMs } = this.#options;
    this.#timer = host.setTimer(host.now() + intervalMs, () => {
      void this.#lookAtAll().finally(() => this.#schedule());
    });
  }

  async #lookAtAll(): Promise<void> {
    for (const group of this.#groups) await this.#look(group);
  }

  async #look(group: WatchedGroup): Promise<void> {
    const { paths, onChange, onFailure } = group.files;
    let contents: readonly string[];
    try {
      contents = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
    } catch (error) {
      if (String(error) !== group.unreadable) onFailure(error);
      group.unreadable = String(error);
      return;
    }
    group.unreadable = undefined;
    const now = fingerprint(contents);
    if (now === group.seen || this.#isStopped) return;
    group.seen = now;
    try {
      await onChange(contents);
    } catch (error) {
      onFailure(error);
    }
  }
}

function fingerprint(contents: readonly string[]): string {
  return JSON.stringify(contents);
}
