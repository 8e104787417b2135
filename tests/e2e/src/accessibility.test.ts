import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { assertAccessible } from './harness/accessibility.ts';
import { skip } from './harness/browser.ts';
import { Stage } from './harness/stage.ts';
import { pages } from './pages.ts';
import { startAll } from './seed/starts.ts';

describe('every page is for everybody: WCAG 2.2 AA by axe, light, dark and on a phone', { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open();
    await startAll(stage.client);
  });
  after(() => stage.close());

  for (const { name, path, ready } of pages) {
    test(name, async (context) => {
      const page = await stage.visit(context, path);
      await ready(page);
      await assertAccessible(page, 'light');
      await page.emulateMedia({ colorScheme: 'dark' });
      await assertAccessible(page, 'dark');
      await page.setViewportSize({ width: 390, height: 844 });
      await assertFits(page);
      await assertAccessible(page, 'dark, 390 px wide');
    });
  }
});

/** Nothing stands out of a phone's screen: what is wider scrolls within itself. */
async function assertFits(page: Page): Promise<void> {
  const tooWide = await page.evaluate(() => {
    const scrolls = (element: Element): boolean => {
      for (let at: Element | null = element; at !== null && at.tagName !== 'MAIN'; at = at.parentElement) {
        if (getComputedStyle(at).overflowX !== 'visible') return true;
      }
      return false;
    };
    return [...document.querySelectorAll('main *')]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !scrolls(element))
      .map((element) => `${element.outerHTML.slice(0, 120)} ends at ${element.getBoundingClientRect().right}`);
  });
  assert.deepEqual(tooWide, [], `at 390 px, ${page.url()}`);
}
