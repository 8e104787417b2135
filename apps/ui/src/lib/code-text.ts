/** Values as programs write them: what "copy as code" is made of. */

export type CodeLanguage = 'typescript' | 'python' | 'cli';

/** A string literal of TypeScript and of Python. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

/** A word for a POSIX shell: quoted unless it needs none. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A JSON value as Python writes it. */
export function pythonText(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(pythonText).join(', ')}]`;
  if (typeof value === 'object') {
    const fields = Object.entries(value).map(([name, field]) => `${quote(name)}: ${pythonText(field)}`);
    return `{${fields.join(', ')}}`;
  }
  return JSON.stringify(value);
}

/** Where a program connects to. */
export interface Connection {
  readonly address: string;
  readonly namespace: string;
}

/**
 * Where programs reach the gRPC service that listens on `listening`. One on every address, or for this machine alone, is
 * where the page came from; so is one that did not say.
 */
export function programAddress(listening: string, pageHost: string): string {
  const [, host = '', port = '7233'] = /^(.+):(\d+)$/.exec(listening) ?? [];
  const isOfPage = /^(|0\.0\.0\.0|127(\.\d+){3}|localhost|\[::1?\])$/.test(host);
  return `${isOfPage ? pageHost : host}:${port}`;
}

/** A program whose `client` is connected. */
export function typescriptProgram({ address, namespace }: Connection, body: readonly string[]): string {
  return [
    "import { Client, Connection } from '@temporalio/client';",
    '',
    `const connection = await Connection.connect({ address: ${quote(address)} });`,
    `const client = new Client({ connection, namespace: ${quote(namespace)} });`,
    ...body,
    '',
  ].join('\n');
}

/** The same in Python; the lines of the body are indented here. `names` are what it imports beside `Client`. */
export function pythonProgram(
  { address, namespace }: Connection,
  body: readonly string[],
  names: readonly string[] = [],
): string {
  return [
    'import asyncio',
    ...(body.some((line) => line.includes('timedelta(')) ? ['from datetime import timedelta'] : []),
    '',
    names.length === 0
      ? 'from temporalio.client import Client'
      : `from temporalio.client import (\n${['Client', ...names]
          .sort()
          .map((name) => `    ${name},`)
          .join('\n')}\n)`,
    '',
    '',
    'async def main() -> None:',
    `    client = await Client.connect(${quote(address)}, namespace=${quote(namespace)})`,
    ...body.map((line) => `    ${line}`),
    '',
    '',
    'asyncio.run(main())',
    '',
  ].join('\n');
}

/** A command with a flag on each line. */
export function shellCommand({ address, namespace }: Connection, words: readonly string[]): string {
  const shared = [`--namespace ${shellWord(namespace)}`, `--address ${shellWord(address)}`];
  return `${[...words, ...shared].join(' \\\n  ')}\n`;
}
