import { readFileSync } from 'node:fs';
import {
  type Authenticator,
  authenticatorOf,
  type Host,
  Identities,
  type IdentitySource,
  type Logger,
  WebTokens,
} from '@perdure/server';
import { CommandError } from '../command-line/command.ts';
import type { AuthenticationOptions, TokenOptions } from './options.ts';
import { readIdentities } from './read-identities.ts';
import type { FileWatch } from './watched-files.ts';
import { readYamlOf } from './yaml.ts';

/** Keys that were fetched are fetched again after this long, and before for a token whose key is not among them. */
const KEYS_MAX_AGE_MS = 300_000;

interface Shared {
  readonly host: Host;
  readonly logger: Logger;
  readonly watch: FileWatch;
}

/**
 * Finds out who calls by the files and addresses that are named, and follows them while the server runs. Undefined where
 * none is. Rejects with a `CommandError` if they are no good at the start.
 */
export async function watchedAuthenticator(
  { identities, tokens }: AuthenticationOptions,
  shared: Shared,
): Promise<Authenticator | undefined> {
  const sources: IdentitySource[] = [];
  if (identities !== undefined) sources.push(watchedIdentities(identities, shared));
  if (tokens !== undefined) sources.push(await watchedTokens(tokens, shared));
  return sources.length === 0 ? undefined : authenticatorOf(sources);
}

function watchedIdentities(file: string, { host, watch, logger }: Shared): Identities {
  const text = readText('authentication.identities', file);
  const identities = new Identities(() => host.now(), readIdentities(file, text));
  const onChange = ([changed = '']: readonly string[]): void => {
    identities.replace(readIdentities(file, changed));
    logger.info('identities replaced', { file });
  };
  const onFailure = (error: unknown): void =>
    logger.error('new identities refused, the old ones stay', { file, error: (error as Error).message });
  watch.add({ paths: [file], onChange, onFailure }, [text]);
  return identities;
}

async function watchedTokens(options: TokenOptions, { host, watch, logger }: Shared): Promise<WebTokens> {
  const now = (): number => host.now();
  const onRefused = (reason: string): void => logger.debug('token refused', { reason });
  if (options.audience === undefined) {
    logger.warn('authentication.jwt.audience is not set: a token that was made for another service is taken too');
  }
  const { keys } = options;
  if ('url' in keys) {
    return WebTokens.ofUrl(keys.url, KEYS_MAX_AGE_MS, now, options, onRefused);
  }
  const { file } = keys;
  const text = readText('authentication.jwt.keysFile', file);
  const tokens = await WebTokens.ofKeys(readYamlOf(file, text), now, options, onRefused).catch((error: unknown) => {
    throw new CommandError(`${file}: ${(error as Error).message}`, { cause: error });
  });
  const onChange = async ([changed = '']: readonly string[]): Promise<void> => {
    await tokens.replaceKeys(readYamlOf(file, changed));
    logger.info('keys of tokens replaced', { file });
  };
  const onFailure = (error: unknown): void =>
    logger.error('new keys of tokens refused, the old ones stay', { file, error: (error as Error).message });
  watch.add({ paths: [file], onChange, onFailure }, [text]);
  return tokens;
}

function readText(path: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(`${path}: ${(error as Error).message}`, { cause: error });
  }
}
