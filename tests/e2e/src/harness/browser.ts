import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/** Names under which Chromium and its relatives are installed. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'];
const MAC_PATH = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

const path = findBrowser();

/**
 * For `describe`: why the tests of the Web UI are skipped, or false. CI has a browser, and so there they run and fail
 * without one.
 */
export const skip: string | false =
  path === undefined && process.env['CI'] !== 'true'
    ? 'no Chromium was found (apt-get install chromium, or name one in PERDURE_TEST_BROWSER)'
    : false;

export async function launchBrowser(): Promise<Browser> {
  if (path === undefined) throw new Error('no Chromium was found: apt-get install chromium');
  return chromium.launch({
    executablePath: path,
    // Chromium refuses to run as root with its sandbox; what it shows here is our own.
    chromiumSandbox: process.getuid?.() !== 0,
    // Nothing is asked of its maker: no updates, no field trials.
    args: ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
  });
}

function findBrowser(): string | undefined {
  const named = process.env['PERDURE_TEST_BROWSER'];
  if (named !== undefined && named !== '') return named;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isExecutable);
  return found ?? (isExecutable(MAC_PATH) ? MAC_PATH : undefined);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
