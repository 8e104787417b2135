import assert from 'node:assert/strict';
import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

/** What is asked for: WCAG 2.2, levels A and AA. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Fails with the elements that axe objects to, one a line. */
export async function assertAccessible(page: Page, look = ''): Promise<void> {
  await page.evaluate(axe.source);
  // What fades in is judged as it will be: what does so by now, and what comes while axe looks.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.evaluate(() => {
    for (const animation of document.getAnimations()) {
      if (animation.effect?.getComputedTiming().iterations !== Infinity) animation.finish();
    }
  });
  const results = (await page.evaluate((values) => {
    const { axe: inPage } = globalThis as unknown as {
      axe: { run(root: Document, options: object): Promise<unknown> };
    };
    return inPage.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] });
  }, TAGS)) as AxeResults;
  const found = results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => {
      const reason = failureSummary.split('\n').slice(1).join(' ').trim();
      return `${id}: ${help}\n    ${html.slice(0, 200)}\n    ${reason.slice(0, 300)}`;
    }),
  );
  assert.equal(found.length, 0, `axe at ${page.url()} ${look}:\n${found.join('\n')}`);
}
