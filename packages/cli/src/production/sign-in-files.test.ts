import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLogger } from '@perdure/server';
import { TestHost } from '@perdure/server/testing';
import { watchedSignIn } from './sign-in-files.ts';
import { FileWatch } from './watched-files.ts';

test('providers and secrets follow their files; what is no good is refused, and the old ones stay', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const providersFile = join(folder, 'providers.yaml');
  const secretFile = join(folder, 'secret');
  const write = (clientId: string): void =>
    writeFileSync(
      providersFile,
      `providers: [{providerUrl: 'https://id.example', clientId: ${clientId}, clientSecretFile: '${secretFile}', callbackUrl: 'https://perdure.example/auth/sso/callback'}]`,
    );
  write('first');
  writeFileSync(secretFile, 'old');
  let tell: (line: string) => void = () => {};
  const logger = createLogger({
    level: 'info',
    format: ({ message }) => message,
    now: () => 0,
    write: (line) => tell(line),
  });
  const host = new TestHost();
  const watch = new FileWatch({ host, intervalMs: 1_000 });
  context.after(() => watch.stop());
  const options = { providersFile, sessionMaxMs: 60_000, redirectsToProvider: false, isInsecure: false };
  const signIn = watchedSignIn(options, '/', {}, { logger, watch });
  assert.deepEqual(signIn.hosts, ['perdure.example']);
  const next = async (): Promise<string> => {
    const news = Promise.withResolvers<string>();
    tell = news.resolve;
    // The look before has to be over.
    await host.settle();
    await host.advance(1_000);
    return news.promise;
  };
  writeFileSync(secretFile, 'new');
  assert.match(await next(), /providers of sign-in replaced/);
  assert.equal(signIn.providers()[0]?.clientSecret, 'new');
  writeFileSync(providersFile, 'providers: []');
  assert.match(await next(), /refused, the old ones stay/);
  assert.equal(signIn.providers()[0]?.clientId, 'first');
});
