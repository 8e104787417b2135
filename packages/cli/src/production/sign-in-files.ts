import { readFileSync } from 'node:fs';
import type { Logger, SignInOptions } from '@perdure/server';
import { CommandError } from '../command-line/command.ts';
import type { UiAuthOptions } from './options.ts';
import { readProviders } from './read-providers.ts';
import type { FileWatch } from './watched-files.ts';

interface Shared {
  readonly logger: Logger;
  readonly watch: FileWatch;
}

/** How readers sign in, and the names under which providers lead their browsers back. */
export interface WatchedSignIn extends SignInOptions {
  readonly hosts: readonly string[];
}

/** Sign-in by the providers in a file, which it follows while the server runs. Throws a `CommandError` if they are no good. */
export function watchedSignIn(
  { providersFile, sessionMaxMs, redirectsToProvider, isInsecure }: UiAuthOptions,
  publicPath: string,
  environment: Readonly<Record<string, string | undefined>>,
  { logger, watch }: Shared,
): WatchedSignIn {
  const surroundings = { environment, publicPath, isInsecure };
  let text: string;
  try {
    text = readFileSync(providersFile, 'utf8');
  } catch (error) {
    throw new CommandError(`ui.auth.providers: ${(error as Error).message}`, { cause: error });
  }
  const read = readProviders(providersFile, text, surroundings);
  let { providers } = read;
  const onChange = ([changed = '']: readonly string[]): void => {
    ({ providers } = readProviders(providersFile, changed, surroundings));
    logger.info('providers of sign-in replaced', { file: providersFile });
  };
  const onFailure = (error: unknown): void =>
    logger.error('new providers of sign-in refused, the old ones stay', {
      file: providersFile,
      error: (error as Error).message,
    });
  const { secretFiles } = read;
  const secrets = secretFiles.map((file) => readFileSync(file, 'utf8'));
  watch.add({ paths: [providersFile, ...secretFiles], onChange, onFailure }, [text, ...secrets]);
  return {
    providers: () => providers,
    sessionMaxMs,
    redirectsToProvider,
    hosts: providers.map(({ callbackUrl }) => callbackUrl.hostname),
  };
}
