/**
 * `npm run ui:shots [name…]`: pictures of the main pages with seeded data, written to `docs/images`. They are looked at
 * before they are kept: what is weak in them is weak in the UI.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { Stage } from './harness/stage.ts';
import { oddIds, startAll } from './seed/starts.ts';

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly theme?: 'dark';
  /** Resolves once the page shows what the picture is for. */
  readonly ready: (page: Page) => Promise<unknown>;
}

const workflows = '/namespaces/default/workflows';

const isRetrying: Shot['ready'] = (page) => page.getByRole('button', { name: 'Retry now' }).waitFor();
const showsRows: Shot['ready'] = (page) =>
  page
    .getByText(/refused the connection/)
    .first()
    .waitFor();

const shots: readonly Shot[] = [
  { name: 'workflows', path: workflows, ready: showsRows },
  { name: 'workflows-dark', path: workflows, theme: 'dark', ready: showsRows },
  { name: 'retrying', path: `${workflows}/subscription-317`, ready: isRetrying },
  { name: 'retrying-dark', path: `${workflows}/subscription-317`, theme: 'dark', ready: isRetrying },
  {
    name: 'children',
    path: `${workflows}/fulfil-9`,
    ready: (page) => page.getByRole('region', { name: /Waits for a timer of 2h/ }).waitFor(),
  },
  {
    name: 'fan-out',
    path: `${workflows}/album-500`,
    ready: (page) => page.getByText('× 500').waitFor(),
  },
  {
    name: 'history',
    path: `${workflows}/order-1045`,
    ready: async (page) => {
      await page.getByRole('link', { name: 'History' }).click();
      await page.getByText('Activity Task Completed').nth(1).click();
      await page.getByRole('complementary').first().waitFor();
    },
  },
  {
    name: 'inbox',
    path: '/namespaces/default/inbox',
    ready: (page) => page.getByText('waits for its answer').waitFor(),
  },
  {
    name: 'ai-calls',
    path: `${workflows}/agent-weather`,
    ready: async (page) => {
      await page.getByRole('link', { name: 'AI calls' }).click();
      await page.getByText('The model is overloaded').first().waitFor();
    },
  },
  {
    name: 'start',
    path: `${workflows}/start-workflow`,
    ready: (page) => page.getByLabel('Workflow type').waitFor(),
  },
];

const folder = fileURLToPath(new URL('../../../docs/images', import.meta.url));

async function main(names: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const stage = await Stage.open();
  try {
    await startAll(stage.client, { leavesOut: oddIds });
    for (const { name, path, theme = 'light', ready } of shots) {
      if (names.length > 0 && !names.includes(name)) continue;
      const { page, close } = await stage.open(path, { theme, width: 1280, height: 800 });
      await ready(page);
      await page.waitForLoadState('networkidle', { timeout: 2000 }).catch(() => undefined);
      await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
      await close();
      console.log(`docs/images/${name}.png`);
    }
  } finally {
    await stage.close();
  }
}

await main(process.argv.slice(2));
