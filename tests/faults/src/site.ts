import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { freePort, isOpen } from '@perdure-tests/interop/ports';
import { ServerProcess } from '@perdure-tests/interop/server-process';
import { violationsOf } from './check/check.ts';
import { readAllRuns } from './check/runs.ts';
import type { Journal } from './journal.ts';
import { faultSeed, Random } from './seed.ts';
import { Service } from './service.ts';

/** How many violations a failure shows; the first ones tell the most. */
const VIOLATIONS_SHOWN = 20;

/** A folder, a file and a port for the servers of one test, the seed of its chances, and the end of all that it starts. */
export class Site implements AsyncDisposable {
  readonly folder: string;
  readonly file: string;
  readonly port: number;
  readonly random: Random;
  readonly #seed: number;
  readonly #context: TestContext;
  readonly #servers: ServerProcess[] = [];

  private constructor(context: TestContext, folder: string, port: number) {
    this.#context = context;
    this.folder = folder;
    this.file = join(folder, 'server.db');
    this.port = port;
    this.#seed = faultSeed();
    this.random = new Random(this.#seed);
    context.diagnostic(`PERDURE_FAULT_SEED=${this.#seed}`);
  }

  static async open(context: TestContext): Promise<Site> {
    return new Site(context, await mkdtemp(join(tmpdir(), 'perdure-faults-')), await freePort());
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** A server on the site's file and port, which may not serve yet. */
  launch(flags: readonly string[] = [], file = this.file): ServerProcess {
    const where = ['--port', String(this.port), '--db-filename', file];
    const server = new ServerProcess(['start-dev', '--headless', ...where, ...flags]);
    this.#servers.push(server);
    return server;
  }

  /** The same once its port is open: a server listens once it has recovered. */
  async serve(flags: readonly string[] = [], file = this.file): Promise<ServerProcess> {
    const server = this.launch(flags, file);
    await server.whenServing(() => isOpen(this.port));
    return server;
  }

  /** In what the server that serves now differs from what the journal says was acknowledged. */
  async violations(journal: Journal): Promise<string[]> {
    const service = new Service(this.address);
    try {
      return violationsOf(journal, await readAllRuns(service));
    } finally {
      await service.close();
    }
  }

  /** Fails where there are any. */
  async check(journal: Journal): Promise<void> {
    const violations = await this.violations(journal);
    this.#context.diagnostic(journal.summary());
    const shown = violations.slice(0, VIOLATIONS_SHOWN).join('\n');
    const text = `PERDURE_FAULT_SEED=${this.#seed}: ${violations.length} violations\n${shown}`;
    assert.equal(violations.length, 0, text);
  }

  /** The file as SQLite sees it, once no server has it. */
  assertFileIsSound(): void {
    const database = new DatabaseSync(this.file, { readOnly: true });
    const found = database.prepare('PRAGMA integrity_check').all();
    database.close();
    assert.deepEqual(
      found.map((row) => row['integrity_check']),
      ['ok'],
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) {
      server.resume();
      await server.kill();
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
