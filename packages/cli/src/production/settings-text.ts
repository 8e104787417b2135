import type { ReadSettings } from './read-settings.ts';
import { productionSettings, settingPaths } from './settings.ts';

/** What `--check` prints: each setting with the value in force and where that comes from. */
export function settingsText({ values, origins }: ReadSettings): string {
  const lines = settingPaths.map((path) => {
    const value = values[path];
    const isDuration = productionSettings[path].kind === 'duration';
    const shown = isDuration ? `${Number(value) / 1_000}s` : JSON.stringify(value);
    return `${path}: ${shown}  # ${origins.get(path) ?? ''}\n`;
  });
  return lines.join('');
}
