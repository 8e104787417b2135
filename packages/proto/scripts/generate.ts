import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { loadEntries } from './descriptor.ts';
import { typeNames } from './names.ts';
import { schemaText } from './schema.ts';
import { enumsSource, messagesSource } from './typescript.ts';

const FORMATTER = new URL('../../../node_modules/.bin/oxfmt', import.meta.url).pathname;

/** The text as the repository's formatter leaves it, so that formatting everything changes nothing here. */
function format(path: string, text: string): string {
  return execFileSync(FORMATTER, [`--stdin-filepath=${path}`], { input: text, encoding: 'utf8' });
}

/**
 * Writes src/generated/ from the descriptors of @temporalio/proto: `node scripts/generate.ts`.
 * With `--check` it writes nothing and fails if a file differs.
 */
function main(): void {
  const all = loadEntries();
  const names = typeNames(all);
  const files = {
    'enums.ts': enumsSource(all, names),
    'messages.ts': messagesSource(all, names),
    'schema.json': schemaText(all, names),
  };
  for (const [file, source] of Object.entries(files)) {
    const url = new URL(`../src/generated/${file}`, import.meta.url);
    const text = format(url.pathname, source);
    if (!process.argv.includes('--check')) writeFileSync(url, text);
    else if (readFileSync(url, 'utf8') !== text) {
      console.error(`src/generated/${file} is out of date: run node scripts/generate.ts`);
      process.exitCode = 1;
    }
  }
}

main();
