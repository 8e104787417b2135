import { readFileSync } from 'node:fs';
import { type Logger, TlsIdentity, type TlsMaterial } from '@perdure/server';
import { CommandError } from '../command-line/command.ts';
import type { TlsFiles } from './listen-options.ts';
import type { FileWatch } from './watched-files.ts';

/** The identity in these files, which follows them while the server runs. Throws a `CommandError` if it is no good. */
export function watchedIdentity(part: string, files: TlsFiles, watch: FileWatch, logger: Logger): TlsIdentity {
  const { certificate, key, clientCa } = files;
  const paths = [certificate, key, ...(clientCa === undefined ? [] : [clientCa])];
  try {
    const contents = paths.map((path) => readFileSync(path, 'utf8'));
    const identity = new TlsIdentity(materialOf(contents));
    const onChange = (changed: readonly string[]): void => {
      identity.replace(materialOf(changed));
      logger.info('certificate replaced', { part, certificate });
    };
    const onFailure = (error: unknown): void =>
      logger.error('new certificate refused, the old one stays', {
        part,
        certificate,
        error: (error as Error).message,
      });
    watch.add({ paths, onChange, onFailure }, contents);
    return identity;
  } catch (error) {
    throw new CommandError(`${part}.tls: ${(error as Error).message}`, { cause: error });
  }
}

function materialOf([certificate = '', key = '', clientCa]: readonly string[]): TlsMaterial {
  return { certificate, key, clientCa };
}
