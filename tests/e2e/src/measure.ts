/**
 * `node tests/e2e/src/measure.ts [--origin http://127.0.0.1:8233] [--repeat 3] [--only timeline]`: what pages cost until they show, and a
 * frame of scrolling, with a history of 10,000 events, a fan-out of 500 and a list. With `--origin`, of a server that is
 * there: its list, and its workflows `long` and `album` where it has them. With `--pages`, of a server that `seed/seed.ts`
 * seeded: each page until it shows. Processor time is that of the page's main
 * thread: it says the same on a busy machine, times of the clock do not.
 */
import { parseArgs } from 'node:util';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { launchBrowser } from './harness/browser.ts';
import { Stage } from './harness/stage.ts';
import { pages } from './pages.ts';
import { taskQueue } from './seed/worker.ts';

interface Measured {
  readonly name: string;
  /** Below the namespace; the workflow's id where it is a workflow's page. */
  readonly path: string;
  readonly ready: (page: Page) => Promise<unknown>;
}

/** Each step writes six events. */
const STEPS = 1667;

const list: Measured = {
  name: 'list of workflows',
  path: 'workflows',
  ready: (page) => page.getByRole('row').nth(20).waitFor(),
};

function runPage(name: string, workflowId: string, ready: Measured['ready']): Measured {
  return { name, path: `workflows/${workflowId}`, ready };
}

const runs: readonly Measured[] = [
  runPage('timeline of 10,000 events', 'long', (page) => page.getByRole('button', { name: 'echo' }).nth(5).waitFor()),
  runPage('history of 10,000 events', 'long', async (page) => {
    await page.getByRole('link', { name: 'History', exact: true }).click();
    await page.getByText(/^10,\d{3} of 10,\d{3} events$/).waitFor();
  }),
  runPage('fan-out of 500, opened', 'album', async (page) => {
    await page.getByText('× 500').click();
    await page.getByText('done').first().waitFor();
  }),
];

/** Processor time of the page's main thread so far, in milliseconds. */
interface Spent {
  readonly task: number;
  readonly script: number;
  /** Style and layout. */
  readonly layout: number;
}

/** How long each page of `pages.ts` takes until it shows what it is for, with a browser that has its code. */
async function measurePages(origin: string, only: RegExp): Promise<void> {
  const browser = await launchBrowser();
  const context = await browser.newContext({ baseURL: origin, viewport: { width: 1440, height: 900 } });
  for (const { name, path, ready } of pages.filter((page) => only.test(page.name))) {
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.goto(path);
    await ready(page);
    const shownMs = await page.evaluate(() => performance.now());
    const { task } = await spent(cdp);
    console.log(
      `${name.padEnd(36)} ${shownMs.toFixed(0).padStart(5)} ms, of the thread ${task.toFixed(0).padStart(4)} ms`,
    );
    await page.close();
  }
  await browser.close();
}

interface Result {
  readonly codeBytes: number;
  readonly requests: number;
  readonly paintMs: number;
  readonly shownMs: number;
  readonly load: Spent;
  readonly frame: Spent;
  readonly frameMs: readonly [median: number, p95: number];
  readonly heapBytes: number;
  readonly elements: number;
}

async function measure(browser: Browser, origin: string, { path, ready }: Measured): Promise<Result> {
  const context = await browser.newContext({ baseURL: origin, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  const sent = await countSent(cdp);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.goto(`/namespaces/default/${path}`);
  await ready(page);
  const [shownMs, paintMs] = await page.evaluate(() => [
    performance.now(),
    performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
  ]);
  const load = await spent(cdp);
  const requests = sent.requests;
  // What a page does once it is there is not what scrolling costs.
  await page.waitForTimeout(1500);
  const before = await spent(cdp);
  const frames = await page.evaluate(scrollThrough);
  const after = await spent(cdp);
  const share = (name: keyof Spent): number => (after[name] - before[name]) / frames.length;
  await cdp.send('HeapProfiler.collectGarbage');
  const heapBytes = await metric(cdp, 'JSHeapUsedSize');
  const elements = await page.evaluate(() => document.querySelectorAll('*').length);
  await context.close();
  const sorted = frames.toSorted((left, right) => left - right);
  const at = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? 0;
  return {
    codeBytes: sent.codeBytes,
    requests,
    paintMs: paintMs ?? 0,
    shownMs: shownMs ?? 0,
    load,
    frame: { task: share('task'), script: share('script'), layout: share('layout') },
    frameMs: [at(0.5), at(0.95)],
    heapBytes,
    elements,
  };
}

/** Counts the bytes of code as they come over the wire, compressed, and requests. */
async function countSent(cdp: CDPSession): Promise<{ codeBytes: number; requests: number }> {
  const sent = { codeBytes: 0, requests: 0 };
  const code = new Set<string>();
  await cdp.send('Network.enable');
  cdp.on('Network.requestWillBeSent', () => (sent.requests += 1));
  cdp.on('Network.responseReceived', ({ requestId, type }) => {
    if (type === 'Script' || type === 'Stylesheet') code.add(requestId);
  });
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (code.has(requestId)) sent.codeBytes += encodedDataLength;
  });
  return sent;
}

async function metric(cdp: CDPSession, name: string): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return metrics.find((each) => each.name === name)?.value ?? 0;
}

async function spent(cdp: CDPSession): Promise<Spent> {
  const milliseconds = async (name: string): Promise<number> => (await metric(cdp, name)) * 1000;
  const layout = (await milliseconds('LayoutDuration')) + (await milliseconds('RecalcStyleDuration'));
  return { task: await milliseconds('TaskDuration'), script: await milliseconds('ScriptDuration'), layout };
}

/** Scrolls a hundred frames, two rows a frame, down and up again; gives the time from each frame to the next. */
async function scrollThrough(): Promise<number[]> {
  const region = document.getElementById('main');
  const frames: number[] = [];
  let step = 60;
  let lastMs = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
  while (region !== null && frames.length < 100) {
    region.scrollTop += step;
    if (region.scrollTop + region.clientHeight >= region.scrollHeight - 1) step = -60;
    else if (region.scrollTop <= 0) step = 60;
    const nowMs = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
    frames.push(nowMs - lastMs);
    lastMs = nowMs;
  }
  return frames;
}

/** The one that took the processor the least time: what the others took more was not the page's. */
function cheapest(results: readonly Result[]): Result | undefined {
  return results.toSorted((left, right) => left.load.task - right.load.task)[0];
}

function words({ task, script, layout }: Spent): string {
  return `${task.toFixed(1)} ms (script ${script.toFixed(1)}, style and layout ${layout.toFixed(1)})`;
}

function line(name: string, result: Result): string {
  const [median, p95] = result.frameMs;
  return [
    name.padEnd(26),
    `code ${(result.codeBytes / 1024).toFixed(0)} KB`,
    `${result.requests} requests`,
    `first paint ${result.paintMs.toFixed(0)} ms`,
    `shown ${result.shownMs.toFixed(0)} ms, of the thread ${words(result.load)}`,
    `a frame ${words(result.frame)}, every ${median.toFixed(1)} ms, p95 ${p95.toFixed(1)}`,
    `heap ${(result.heapBytes / 1024 / 1024).toFixed(1)} MB`,
    `${result.elements} elements`,
  ].join(' | ');
}

async function measureAll(origin: string, repeat: number, only: RegExp): Promise<void> {
  const browser = await launchBrowser();
  // The first page of a browser pays for its start.
  await measure(browser, origin, list);
  for (const one of [list, ...runs].filter(({ name }) => only.test(name))) {
    const isThere = one === list || (await fetch(`${origin}/api/v1/namespaces/default/${one.path}`)).ok;
    if (!isThere) continue;
    const results: Result[] = [];
    for (let n = 0; n < repeat; n++) results.push(await measure(browser, origin, one));
    const best = cheapest(results);
    if (best !== undefined) console.log(line(one.name, best));
  }
  await browser.close();
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      origin: { type: 'string' },
      repeat: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
      pages: { type: 'boolean', default: false },
    },
  });
  const only = new RegExp(values.only);
  const repeat = Number(values.repeat);
  if (values.pages) return measurePages(values.origin ?? 'http://127.0.0.1:8233', only);
  if (values.origin !== undefined) return measureAll(values.origin, repeat, only);
  const stage = await Stage.open();
  try {
    const start = (type: string, workflowId: string, count: number): Promise<unknown> =>
      stage.client.workflow.execute(type, { taskQueue, workflowId, args: [count] });
    await Promise.all([start('longHistory', 'long', STEPS), start('resizeAlbum', 'album', 500)]);
    await Promise.all(Array.from({ length: 30 }, (_, n) => start('longHistory', `short-${n}`, 1)));
    await measureAll(stage.server.origin, repeat, only);
  } finally {
    await stage.close();
  }
}

await main();
