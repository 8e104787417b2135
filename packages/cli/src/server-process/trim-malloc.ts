import { DatabaseSync } from 'node:sqlite';

/**
 * Asks glibc to give the system what its `malloc` keeps free: pages between others in use, which it keeps for good
 * otherwise. Node.js has no call for it, but its SQLite calls a function of a library by name; that it is given pointers
 * instead of a number of bytes to keep makes no difference to that function. Where the library or the function is
 * missing (macOS, Windows, musl), nothing happens.
 */
export function trimMalloc(): void {
  const caller = new DatabaseSync(':memory:', { allowExtension: true });
  try {
    caller.loadExtension('libc.so.6', 'malloc_trim');
  } catch {
    // It gives 1 where memory was given back, which SQLite takes for a failure.
  } finally {
    caller.close();
  }
}
