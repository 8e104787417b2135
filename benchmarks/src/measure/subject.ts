import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@perdure-tests/interop/ports';
import { Load } from '../load/load.ts';
import type { Installation, Peer, Settings } from '../peers/peer.ts';
import { ServerProcess } from '../system/server-process.ts';

/** A server that serves, and how long that took it. */
export type Started = Awaited<ReturnType<typeof ServerProcess.start>>;

/** One peer under measurement: starts its servers, on folders that are removed in the end. */
export class Subject {
  readonly #peer: Peer;
  readonly #installation: Installation;
  readonly #share: number;
  readonly #folders: string[] = [];

  /** `share`: the part of the full counts that is run, 1 for all. */
  constructor(peer: Peer, installation: Installation, share: number) {
    this.#peer = peer;
    this.#installation = installation;
    this.#share = share;
  }

  get name(): string {
    return this.#peer.name;
  }

  /** How much of a full count to run: less in a quick run, and less of what a slower peer would take too long for. */
  count(full: number, least: number): number {
    return Math.max(least, Math.round((full * this.#share) / this.#peer.slowness));
  }

  /** Its store is one of ours, which can be filled without a server. */
  get canBeSeeded(): boolean {
    return this.#peer.leavesOut?.includes('lists') !== true;
  }

  newFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'perdure-bench-'));
    this.#folders.push(folder);
    return folder;
  }

  /** A server on a folder as it is. */
  async start(folder: string, settings: Settings = {}): Promise<Started> {
    return await ServerProcess.start(this.#installation.launch(folder, await freePort(), settings));
  }

  /** A server on a new folder, ready for workflows; it is stopped in the end. */
  async withServer<T>(use: (server: ServerProcess) => Promise<T>): Promise<T> {
    const { server } = await this.start(this.newFolder());
    try {
      await this.prepare(server);
      return await use(server);
    } finally {
      await server.stop();
    }
  }

  /** The peer's own programs that put a load on a server. */
  async openLoad(server: ServerProcess): Promise<Load> {
    return await Load.open(server, this.#installation.programs(server.port));
  }

  /** What a new server needs before it can be used. */
  async prepare(server: ServerProcess): Promise<void> {
    await this.#installation.prepare(server.address);
  }

  removeFolders(): void {
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }
}
