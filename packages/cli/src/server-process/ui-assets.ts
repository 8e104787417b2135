/** The package of the Web UI. It is optional: without it the server runs, and its API. */
const UI_PACKAGE = '@perdure/ui';

/** The folder of the built Web UI; undefined where it is not installed. */
export async function uiAssets(): Promise<string | undefined> {
  try {
    const { distDirectory } = (await import(UI_PACKAGE)) as { readonly distDirectory: string };
    return distDirectory;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
