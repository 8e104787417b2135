import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { repositoryRoot } from '../workspaces.ts';

/** Each line of a file that must be reported, with the rule that reports it; `ok` where nothing may. */
type Fixture = readonly (readonly [line: string, rule: string])[];

const pure: Fixture = [
  ["import { readFileSync } from 'node:fs';", 'no-restricted-imports'],
  ["import { createServer } from '@perdure/server';", 'no-restricted-imports'],
  ["import { encode } from '@perdure/proto';", 'no-restricted-imports'],
  ["import type { HistoryEvent } from '@perdure/proto/types';", 'ok'],
  ["import { EventType } from '@perdure/proto/enums';", 'ok'],
  ["import { other } from './other.ts';", 'ok'],
  ["import { above } from '../../above.ts';", 'ok'],
  ["export { join } from 'node:path';", 'no-restricted-imports'],
  ['export const a = Date.now();', 'no-restricted-globals'],
  ['export const b = new Date();', 'no-restricted-globals'],
  ['export const c = new Date(0);', 'no-restricted-globals'],
  ['export const d = Math.random();', 'no-restricted-properties'],
  ['export const { random } = Math;', 'no-restricted-properties'],
  ['export const e = crypto.randomUUID();', 'no-restricted-globals'],
  ['export const f = process.env;', 'no-restricted-globals'],
  ['export const g = globalThis.Date;', 'no-restricted-globals'],
  ['export const h = performance.now();', 'no-restricted-globals'],
  ['export const i = setTimeout(other, 1);', 'no-restricted-globals'],
  ['export const j = setInterval(other, 1);', 'no-restricted-globals'],
  ['export const k = setImmediate(other);', 'no-restricted-globals'],
  ['queueMicrotask(other);', 'no-restricted-globals'],
  ['export const l = Buffer.alloc(1);', 'no-restricted-globals'],
  ["export const m = import('node:fs');", 'no-dynamic-import'],
  ['export const n = Math.max(1, 2);', 'ok'],
  ['export const used = [readFileSync, createServer, encode, EventType, above, {} as HistoryEvent];', 'ok'],
];

const server: Fixture = [
  ["import { randomUUID } from 'node:crypto';", 'no-restricted-imports'],
  ["import { createHmac } from 'node:crypto';", 'ok'],
  ["import { setTimeout as sleep } from 'node:timers/promises';", 'no-restricted-imports'],
  ['export const a = Date.now();', 'no-ambient-clock'],
  ['export const b = new Date();', 'no-ambient-clock'],
  ['export const c = Date();', 'no-ambient-clock'],
  ['export const d = new Date(0);', 'ok'],
  ['export const e = Math.random();', 'no-restricted-properties'],
  ['export const f = setTimeout(sleep, 1);', 'no-restricted-globals'],
  ['export const g = setInterval(sleep, 1);', 'no-restricted-globals'],
  ['export const h = setImmediate(sleep);', 'no-restricted-globals'],
  ['export const i = crypto.getRandomValues(new Uint8Array(1));', 'no-restricted-globals'],
  ['export const j = performance.now();', 'no-restricted-globals'],
  ['export const used = [randomUUID, createHmac];', 'ok'],
];

const everywhere: Fixture = [
  ["type Shape = { kind: 'round' } | { kind: 'square' };", 'ok'],
  ['async function work(): Promise<void> {}', 'ok'],
  ['work();', 'no-floating-promises'],
  ['await work();', 'ok'],
  ['export function area(shape: Shape): number {', 'ok'],
  ['  switch (shape.kind) {', 'switch-exhaustiveness-check'],
  ["    case 'round':", 'ok'],
  ['      return 1;', 'ok'],
  ['  }', 'ok'],
  ['  return 0;', 'ok'],
  ['}', 'ok'],
  ['export const loose: any = 1;', 'no-explicit-any'],
  ["console.log('');", 'no-console'],
  ['export default work;', 'no-default-export'],
];

const feature: Fixture = [
  ["import { call } from '../../api/client.ts';", 'ok'],
  ["import { Page } from '../../components/page.tsx';", 'ok'],
  ["import { own } from './list/own.ts';", 'ok'],
  ["import { other } from '../schedules/other.ts';", 'ui'],
  ["import { router } from '../../app/router.tsx';", 'ui'],
  ["export const lazy = () => import('../schedules/other.ts');", 'ui'],
  ['export const used = [call, Page, own, other, router];', 'ok'],
];

const files: Readonly<Record<string, Fixture>> = {
  'packages/core/src/workflow/pure.ts': pure,
  'packages/worker-core/src/pure.ts': pure,
  'packages/server/src/engine/ambient.ts': server,
  'packages/storage/src/everywhere.ts': everywhere,
  'apps/ui/src/features/workflows/feature.ts': feature,
};

/** The same lines where the rules do not hold. */
const exempt: Readonly<Record<string, Fixture>> = {
  'packages/server/src/host/node-host.ts': server,
  'packages/server/src/transport/listener.ts': server,
};

interface Report {
  readonly diagnostics: readonly {
    readonly code: string;
    readonly filename: string;
    readonly labels: readonly { readonly span: { readonly line: number } }[];
  }[];
}

function lint(directory: string): Map<string, Set<string>> {
  const options = { cwd: directory, encoding: 'utf8', timeout: 60_000 } as const;
  const result = spawnSync(
    join(repositoryRoot, 'node_modules/.bin/oxlint'),
    ['--type-aware', '-f', 'json', 'packages', 'apps'],
    options,
  );
  assert.equal(result.stderr, '');
  const found = new Map<string, Set<string>>();
  for (const { code, filename, labels } of (JSON.parse(result.stdout) as Report).diagnostics) {
    const rule = /\((.*)\)/.exec(code)?.[1] ?? code;
    const place = `${filename}:${String(labels[0]?.span.line)}`;
    found.set(place, (found.get(place) ?? new Set()).add(rule));
  }
  return found;
}

describe('the lint rules of this repository', () => {
  let directory: string;
  let found: Map<string, Set<string>>;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'perdure-lint-'));
    cpSync(join(repositoryRoot, '.oxlintrc.json'), join(directory, '.oxlintrc.json'));
    for (const plugin of ['ambient', 'layers']) {
      cpSync(join(repositoryRoot, `tools/lint/${plugin}.ts`), join(directory, `tools/lint/${plugin}.ts`));
    }
    symlinkSync(join(repositoryRoot, 'node_modules'), join(directory, 'node_modules'));
    const compilerOptions = { target: 'ES2024', module: 'nodenext', strict: true, types: ['node'] };
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    for (const [path, fixture] of Object.entries({ ...files, ...exempt })) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), fixture.map(([line]) => `${line}\n`).join(''));
    }
    found = lint(directory);
  });

  after(() => rmSync(directory, { recursive: true }));

  for (const [path, fixture] of Object.entries(files)) {
    it(`holds for ${path}`, () => {
      const reported = fixture.map(([line, rule], index) => {
        const rules = found.get(`${path}:${index + 1}`) ?? new Set<string>();
        return [line, rules.has(rule) ? rule : [...rules].join() || 'ok'];
      });
      assert.deepEqual(reported, fixture);
    });
  }

  it('leaves the clock, timers and randomness to the host and the transports', () => {
    for (const path of Object.keys(exempt)) {
      assert.deepEqual(
        [...found.keys()].filter((place) => place.startsWith(`${path}:`)),
        [],
      );
    }
  });
});
