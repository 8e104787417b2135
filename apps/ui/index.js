import { fileURLToPath } from 'node:url';

/** The folder of the built Web UI: `index.html`, and `assets/` whose names carry a hash of their content. */
export const distDirectory = fileURLToPath(new URL('dist', import.meta.url));
