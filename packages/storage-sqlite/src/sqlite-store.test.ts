import { storeConformance, type Subject } from '@perdure/storage/conformance';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { openSqliteStore } from './open-store.ts';
import type { RoutePolicy } from './writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'perdure-sqlite-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;

function openFresh(commits: RoutePolicy): Subject {
  const file = join(folder, `${(files += 1)}.db`);
  const store = openSqliteStore({ file, commits });
  const reopen = async () => {
    await store.close();
    return openSqliteStore({ file, commits });
  };
  return { store, reopen };
}

storeConformance('SQLite in memory', async () => ({ store: openSqliteStore(), reopen: undefined }));
storeConformance('SQLite in a file, commits on the loop', async () => openFresh('loop'));
storeConformance('SQLite in a file, commits on the thread', async () => openFresh('thread'));
