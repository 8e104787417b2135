import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { Client, Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { type SeedWorker, startSeedWorker } from '../seed/worker.ts';
import { launchBrowser } from './browser.ts';
import { UiServer } from './server.ts';

/** Nothing in a test of the UI takes longer, on a slow machine either. */
const STEP_TIMEOUT_MS = 45_000;

export interface PageOptions {
  /** Default: light. */
  readonly theme?: 'light' | 'dark';
  /** Default: 1440 × 900. */
  readonly width?: number;
  readonly height?: number;
  /** Of the clock that the page shows. Default: UTC. */
  readonly timeZone?: string;
  /** Messages of the browser's console that belong to the test. */
  readonly expected?: RegExp;
  /** What happens before the page is asked for. */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

/** What the worker, the client and the reader come with. */
export interface Access {
  /** An API key that the server knows; the browser gives it as a password. */
  readonly key?: string;
  /** How the worker and the client write payloads. */
  readonly dataConverter?: DataConverter;
}

interface StageParts {
  readonly server: UiServer;
  readonly connection: Connection;
  readonly client: Client;
  readonly worker: SeedWorker;
  readonly browser: Browser;
  readonly key: string | undefined;
}

/** What a test of the UI stands on: a server with the built UI, the seeded worker, a client and a browser. */
export class Stage {
  readonly server: UiServer;
  readonly client: Client;
  readonly worker: SeedWorker;
  readonly #connection: Connection;
  readonly #browser: Browser;
  readonly #key: string | undefined;

  private constructor(parts: StageParts) {
    this.server = parts.server;
    this.client = parts.client;
    this.worker = parts.worker;
    this.#connection = parts.connection;
    this.#browser = parts.browser;
    this.#key = parts.key;
  }

  /** `flags` are those of `server start-dev`. */
  static async open(flags: readonly string[] = []): Promise<Stage> {
    return Stage.before(UiServer.start(flags));
  }

  /** Before a server that is there already, or starts. */
  static async before(starting: Promise<UiServer>, access: Access = {}): Promise<Stage> {
    const launching = launchBrowser();
    // A browser that nobody uses would keep the process.
    starting.catch(async () => (await launching).close());
    const [server, browser] = await Promise.all([starting, launching]);
    const { key, dataConverter } = access;
    const target = { address: server.address, ...(key !== undefined && { apiKey: key, tls: false }) };
    const [connection, worker] = await Promise.all([
      Connection.connect(target),
      startSeedWorker({ ...target, dataConverter }),
    ]);
    const client = new Client({ connection, ...(dataConverter && { dataConverter }) });
    return new Stage({ server, connection, client, worker, browser, key });
  }

  async close(): Promise<void> {
    await Promise.all([this.#browser.close(), this.worker.stop()]);
    await this.#connection.close();
    await this.server.stop();
  }

  /**
   * A page of a browser that was never here before, at `path`, closed after the test. The test fails where the page
   * reports an error, breaks the content security policy, or asks anybody but our server for anything.
   */
  async visit(context: TestContext, path: string, options: PageOptions = {}): Promise<Page> {
    const { page, found, close } = await this.open(path, options);
    context.after(async () => {
      await close();
      assert.deepEqual(found, []);
    });
    return page;
  }

  /** The same outside of a test: `found` is what a test would fail with. */
  async open(path: string, options: PageOptions = {}): Promise<OpenPage> {
    const { theme = 'light', width = 1440, height = 900, timeZone = 'UTC', expected, prepare } = options;
    const contextOptions: BrowserContextOptions = {
      baseURL: this.server.origin,
      colorScheme: theme,
      reducedMotion: 'reduce',
      viewport: { width, height },
      timezoneId: timeZone,
      locale: 'en-GB',
      ...(this.#key !== undefined && {
        httpCredentials: { username: 'reader', password: this.#key, origin: this.server.origin },
      }),
    };
    const browserContext = await this.#browser.newContext(contextOptions);
    browserContext.setDefaultTimeout(STEP_TIMEOUT_MS);
    const page = await browserContext.newPage();
    const found = watch(page, this.server.origin, expected);
    await prepare?.(page);
    await page.goto(path);
    return { page, found, close: () => browserContext.close() };
  }
}

export interface OpenPage {
  readonly page: Page;
  /** What is wrong with the page, a line each; it grows while the page is open. */
  readonly found: readonly string[];
  readonly close: () => Promise<void>;
}

/** Failed reads show in the page, in words; the browser's own line about them says nothing more. */
const NETWORK_MESSAGE = /^Failed to load resource/;

function watch(page: Page, origin: string, expected?: RegExp): string[] {
  const found: string[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && !['data:', 'blob:'].includes(url.protocol)) found.push(`a request to ${url.href}`);
  });
  page.on('pageerror', (error) => found.push(`an exception: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() !== 'error' || NETWORK_MESSAGE.test(text) || expected?.test(text) === true) return;
    found.push(`an error in the console: ${text}`);
  });
  return found;
}
