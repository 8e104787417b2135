import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Entry, Json } from './transcript.ts';

/** What Temporal's server answered to one program. */
export type Recording = { readonly server: string; readonly transcript: readonly Entry[] };

const WIDTH = 120;

function fileOf(program: string): string {
  return fileURLToPath(new URL(`../recordings/${program}.json`, import.meta.url));
}

export async function readRecording(program: string): Promise<Recording> {
  return JSON.parse(await readFile(fileOf(program), 'utf8')) as Recording;
}

export async function writeRecording(program: string, recording: Recording): Promise<void> {
  const file = fileOf(program);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${print(recording as unknown as Json, '')}\n`);
}

/** JSON in which what fits on a line stands on one. */
function print(value: Json, indent: string): string {
  const line = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || line.length + indent.length <= WIDTH) return line;
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => inner + print(item, inner));
    return `[\n${items.join(',\n')}\n${indent}]`;
  }
  const members = Object.entries(value as Readonly<Record<string, Json>>).map(
    ([key, item]) => `${inner}${JSON.stringify(key)}: ${print(item, inner)}`,
  );
  return `{\n${members.join(',\n')}\n${indent}}`;
}
