import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

/** A file that fits one packet anyway is sent as it is. */
const SIZE_BYTES_MIN = 1024;

/**
 * Leaves each text file of the build compressed beside it, `.br` and `.gz`, for the server to send: at build, with time
 * for the best compression. Not the page, which the server fills in each time.
 */
export function precompress(): Plugin {
  let folder = '';
  return {
    name: 'precompress',
    apply: 'build',
    configResolved: ({ root, build }) => {
      folder = join(root, build.outDir);
    },
    closeBundle: async () => {
      await Promise.all(
        globSync('**/*.{css,js,json,svg}', { cwd: folder }).map((file) => compress(join(folder, file))),
      );
    },
  };
}

async function compress(path: string): Promise<void> {
  const bytes = readFileSync(path);
  if (bytes.length < SIZE_BYTES_MIN) return;
  const size = { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
  writeFileSync(`${path}.br`, await brotli(bytes, size));
  writeFileSync(`${path}.gz`, await zip(bytes, { level: constants.Z_BEST_COMPRESSION }));
}
