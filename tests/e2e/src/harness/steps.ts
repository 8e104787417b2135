import type { Page } from 'playwright-core';

/** Types into the JSON editor, which comes a moment after its form. */
export async function writeJson(page: Page, label: string, text: string): Promise<void> {
  await page.locator(`.cm-content[aria-label="${label}"]`).fill(text);
}

/** Chooses what the page of a workflow offers in its menu. */
export async function act(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: title, exact: true }).click();
}
