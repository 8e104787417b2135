export { openSqliteStore, QUERY_TIME_MAX_MS, type SqliteStoreOptions } from './open-store.ts';
export { choosePragmas, type PragmaChoice } from './pragmas.ts';
export type { SqliteStore } from './sqlite-store.ts';
export type { RoutePolicy } from './writer.ts';
