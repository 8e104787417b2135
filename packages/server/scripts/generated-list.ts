import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';

/** A list in docs/ that is made of the code, and the script of this folder that makes it. */
export interface GeneratedList {
  /** Names of the file in docs/, and of the script. */
  readonly file: string;
  readonly script: string;
  readonly make: () => string;
}

/** Does what the command line says: print the list, write it (`--write`), or compare the file with it (`--check`). */
export function runGeneratedList({ file, script, make }: GeneratedList): void {
  const url = new URL(`../../../docs/${file}`, import.meta.url);
  const [option] = process.argv.slice(2);
  switch (option) {
    case undefined:
      process.stdout.write(make());
      break;
    case '--write':
      writeFileSync(url, make());
      break;
    case '--check':
      if (read(url) !== make()) {
        process.stderr.write(`docs/${file} is out of date: run packages/server/scripts/${script} --write\n`);
        process.exitCode = 1;
      }
      break;
    default:
      process.stderr.write(`usage: ${script} [--write | --check]   (without an option it prints the list)\n`);
      process.exitCode = 2;
  }
}

function read(url: URL): string {
  try {
    return readFileSync(url, 'utf8');
  } catch {
    return '';
  }
}
