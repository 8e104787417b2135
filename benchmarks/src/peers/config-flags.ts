import type { Settings } from './peer.ts';

/** Dynamic configuration as flags of a development server, ours or Temporal's. */
export function configFlags(settings: Settings): string[] {
  return Object.entries(settings).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${value}`]);
}
