/** Whoever comes back this soon was not let in, and would be led round and round. */
const pauseMs = 30_000;
const storageKey = 'perdure.led-to-provider-at';

/** Whether this tab may be led to the provider without its reader's doing; counts as done when it says so. */
export function mayRedirect(): boolean {
  try {
    const lastMs = Number(sessionStorage.getItem(storageKey) ?? 0);
    if (Date.now() - lastMs < pauseMs) return false;
    sessionStorage.setItem(storageKey, String(Date.now()));
    return true;
  } catch {
    // What cannot be counted is left to the reader.
    return false;
  }
}
