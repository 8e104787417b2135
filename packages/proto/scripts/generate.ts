import { readFileSync, writeFileSync } from 'node:fs';
import { loadEntries } from './descriptor.ts';
import { httpBindingsText } from './http-bindings.ts';
import { jsonTypesSource } from './json-types.ts';
import { typeNames } from './names.ts';
import { schemaText } from './schema.ts';
import { enumsSource, messagesSource } from './typescript.ts';

/**
 * Writes src/generated/ from the descriptors of @temporalio/proto: `node scripts/generate.ts`.
 * With `--check` it writes nothing and fails if a file differs.
 */
function main(): void {
  const all = loadEntries();
  const names = typeNames(all);
  const files = {
    'enums.ts': enumsSource(all, names),
    'http-bindings.json': httpBindingsText(all),
    'json-types.ts': jsonTypesSource(all, names),
    'messages.ts': messagesSource(all, names),
    'schema.json': schemaText(all, names),
  };
  for (const [file, text] of Object.entries(files)) {
    const url = new URL(`../src/generated/${file}`, import.meta.url);
    if (!process.argv.includes('--check')) writeFileSync(url, text);
    else if (readFileSync(url, 'utf8') !== text) {
      console.error(`src/generated/${file} is out of date: run node scripts/generate.ts`);
      process.exitCode = 1;
    }
  }
}

main();
