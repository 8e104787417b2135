/**
 * `node tests/e2e/src/measure.ts [--origin http://127.0.0.1:8233]`: how long pages take to show and how they scroll, with
 * a history of 10,000 events, a fan-out of 500 and a list. With `--origin` only the list, of the server that is there.
 */
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { launchBrowser } from './harness/browser.ts';
import { Stage } from './harness/stage.ts';
import { taskQueue } from './seed/worker.ts';

interface Measured {
  readonly name: string;
  readonly path: string;
  readonly ready: (page: Page) => Promise<unknown>;
}

/** Each step writes six events. */
const STEPS = 1667;

const list: Measured = {
  name: 'list of workflows',
  path: '/namespaces/default/workflows',
  ready: (page) => page.getByRole('row').nth(20).waitFor(),
};

function runPage(name: string, workflowId: string, ready: Measured['ready']): Measured {
  return { name, path: `/namespaces/default/workflows/${workflowId}`, ready };
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

async function measure(origin: string, { name, path, ready }: Measured): Promise<void> {
  const browser = await launchBrowser();
  const context = await browser.newContext({ baseURL: origin, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const codeBytes: Promise<number>[] = [];
  page.on('response', (response) => {
    if (!/\.(js|css)$/.test(new URL(response.url()).pathname)) return;
    codeBytes.push(response.body().then((body) => gzipSync(body).length));
  });
  await page.goto(path);
  await ready(page);
  const readyMs = await page.evaluate(() => performance.now());
  const paintMs = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0);
  const cdp = await context.newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const metric = async (name: string): Promise<number> =>
    (await cdp.send('Performance.getMetrics')).metrics.find((each) => each.name === name)?.value ?? 0;
  const beforeSeconds = await metric('TaskDuration');
  const frames = await page.evaluate(scrollThrough);
  const frameCpuMs = (((await metric('TaskDuration')) - beforeSeconds) * 1000) / frames.length;
  await cdp.send('HeapProfiler.collectGarbage');
  const heapBytes = await metric('JSHeapUsedSize');
  const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
  const gzipBytes = (await Promise.all(codeBytes)).reduce((sum, bytes) => sum + bytes, 0);
  await browser.close();
  const sorted = frames.toSorted((left, right) => left - right);
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
  console.log(
    [
      name.padEnd(28),
      `code ${(gzipBytes / 1024).toFixed(0)} KB gzip`,
      `first paint ${paintMs.toFixed(0)} ms`,
      `shown ${readyMs.toFixed(0)} ms`,
      `scroll: ${frameCpuMs.toFixed(1)} ms of the page's thread a frame, frame ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${at(0.999)} ms`,
      `heap ${(heapBytes / 1024 / 1024).toFixed(1)} MB`,
      `${nodes} elements`,
    ].join(' | '),
  );
}

/** Scrolls for three seconds, two rows a frame, down and up again; gives the time from each frame to the next. */
async function scrollThrough(): Promise<number[]> {
  const region = document.getElementById('main');
  const frames: number[] = [];
  let step = 60;
  const startMs = performance.now();
  let lastMs = startMs;
  while (region !== null && lastMs - startMs < 3000) {
    region.scrollTop += step;
    if (region.scrollTop + region.clientHeight >= region.scrollHeight - 1) step = -60;
    else if (region.scrollTop <= 0) step = 60;
    const nowMs = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
    frames.push(nowMs - lastMs);
    lastMs = nowMs;
  }
  return frames.slice(1);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { origin: { type: 'string' } } });
  if (values.origin !== undefined) return measure(values.origin, list);
  const stage = await Stage.open();
  try {
    const start = (type: string, workflowId: string, count: number): Promise<unknown> =>
      stage.client.workflow.execute(type, { taskQueue, workflowId, args: [count] });
    await Promise.all([start('longHistory', 'long', STEPS), start('resizeAlbum', 'album', 500)]);
    await Promise.all(Array.from({ length: 30 }, (_, n) => start('longHistory', `short-${n}`, 1)));
    for (const one of [list, ...runs]) await measure(stage.server.origin, one);
  } finally {
    await stage.close();
  }
}

await main();
