import { readFileSync } from 'node:fs';
import { SERVER_VERSION } from '@perdure/server/version';

/** The version of this package. */
function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return manifest.version;
}

/** As `--version` tells it: our own, and that of Temporal's server whose behaviour ours has. */
export function versionText(): string {
  return `${packageVersion()} (Server ${SERVER_VERSION})`;
}
