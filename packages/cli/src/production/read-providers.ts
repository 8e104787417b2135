import { readFileSync } from 'node:fs';
import type { ProviderOptions } from '@perdure/server';
import { CommandError } from '../command-line/command.ts';
import { isConfidential } from './options.ts';
import { type Fields, isMap, readYamlOf } from './yaml.ts';

/** What the file does not say itself. */
export interface ProviderSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Path under which the Web UI is served. */
  readonly publicPath: string;
  /** Whether browsers may come without TLS from elsewhere than this machine. */
  readonly isInsecure: boolean;
}

/** The providers, and the files in which their secrets are. */
export interface ReadProviders {
  readonly providers: readonly ProviderOptions[];
  readonly secretFiles: readonly string[];
}

/** The names of the official UI server's `auth.providers`, and ours. */
const FIELDS = [
  'label',
  'type',
  'providerUrl',
  'issuerUrl',
  'clientId',
  'clientSecret',
  'clientSecretFile',
  'clientSecretVariable',
  'callbackUrl',
  'scopes',
  'options',
  'useIdTokenAsBearer',
  'sendIdTokenAtLogout',
];

const LABEL_LENGTH_MAX = 100;
const SCOPES = ['openid', 'profile', 'email'];

/** What a sign-in is made of: another value would break it. */
const OWN_PARAMETERS = [
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
];

/** The providers in a file. Throws a `CommandError` that names all that is wrong, each with its place. */
export function readProviders(file: string, text: string, surroundings: ProviderSurroundings): ReadProviders {
  const content = readYamlOf(file, text);
  const list = isMap(content) && Object.keys(content).join() === 'providers' ? content['providers'] : undefined;
  if (!Array.isArray(list) || list.length === 0) {
    throw new CommandError(`${file}: must be a map with "providers", a list`);
  }
  const problems: string[] = [];
  const secretFiles: string[] = [];
  const providers = list.map((item: unknown, index) => {
    const at = `providers[${index}]`;
    if (!isMap(item)) problems.push(`${at} must be a map`);
    return new ProviderReader(at, isMap(item) ? item : {}, problems, secretFiles).read(surroundings);
  });
  if (new Set(providers.map(({ label }) => label)).size < providers.length) {
    problems.push('two providers have the same label');
  }
  if (new Set(providers.map(({ callbackUrl }) => callbackUrl.href)).size > 1) {
    problems.push('all providers need the same callbackUrl: the Web UI has one address');
  }
  if (problems.length > 0) throw new CommandError(`${file}: ${problems.join('; ')}`);
  return { providers, secretFiles };
}

class ProviderReader {
  readonly #at: string;
  readonly #fields: Fields;
  readonly #problems: string[];
  readonly #secretFiles: string[];

  constructor(at: string, fields: Fields, problems: string[], secretFiles: string[]) {
    this.#at = at;
    this.#fields = fields;
    this.#problems = problems;
    this.#secretFiles = secretFiles;
  }

  read(surroundings: ProviderSurroundings): ProviderOptions {
    for (const key of Object.keys(this.#fields)) {
      if (!FIELDS.includes(key)) this.#problem(`${key} is unknown; allowed: ${FIELDS.join(', ')}`, '.');
    }
    const label = this.#text('label') ?? 'sso';
    if (label.length > LABEL_LENGTH_MAX) this.#problem(`label must have at most ${LABEL_LENGTH_MAX} characters`, '.');
    if ((this.#text('type') ?? 'oidc') !== 'oidc') this.#problem('type must be oidc', '.');
    const clientId = this.#text('clientId') ?? '';
    if (clientId === '') this.#problem('clientId is missing', '.');
    return {
      label,
      providerUrl: this.#url('providerUrl', false),
      issuerUrl: this.#text('issuerUrl'),
      clientId,
      clientSecret: this.#secret(surroundings),
      callbackUrl: this.#callbackUrl(surroundings),
      scopes: this.#scopes(),
      parameters: this.#parameters(),
      bearer: this.#flag('useIdTokenAsBearer') ? 'id' : 'access',
      takesIdTokenAtLogout: this.#flag('sendIdTokenAtLogout'),
    };
  }

  #secret({ environment }: ProviderSurroundings): string | undefined {
    const given = this.#text('clientSecret');
    const file = this.#text('clientSecretFile');
    const variable = this.#text('clientSecretVariable');
    if ([given, file, variable].filter((each) => each !== undefined).length > 1) {
      this.#problem(' takes one of clientSecret, clientSecretFile and clientSecretVariable');
    }
    if (variable !== undefined) {
      const value = environment[variable];
      if (value === undefined || value === '') this.#problem(`clientSecretVariable: ${variable} is not set`, '.');
      return value;
    }
    if (file === undefined) return given;
    this.#secretFiles.push(file);
    try {
      return readFileSync(file, 'utf8').trim();
    } catch (error) {
      this.#problem(`clientSecretFile: ${(error as Error).message}`, '.');
      return undefined;
    }
  }

  #callbackUrl({ publicPath, isInsecure }: ProviderSurroundings): URL {
    const url = this.#url('callbackUrl', isInsecure);
    const base = `/${publicPath
      .split('/')
      .filter((segment) => segment !== '')
      .map(encodeURIComponent)
      .join('/')}`;
    const path = `${base === '/' ? '' : base}/auth/sso/callback`;
    if (url.pathname !== path || url.search !== '' || url.hash !== '') {
      this.#problem(`callbackUrl must end with ${path}`, '.');
    }
    return url;
  }

  #scopes(): readonly string[] {
    const given = this.#fields['scopes'] ?? SCOPES;
    if (!Array.isArray(given) || !given.every((each) => typeof each === 'string')) {
      this.#problem('scopes must be a list of texts', '.');
      return SCOPES;
    }
    if (!given.includes('openid')) this.#problem('scopes must contain openid', '.');
    return given;
  }

  #parameters(): ReadonlyMap<string, string> {
    const given = this.#fields['options'] ?? {};
    if (!isMap(given)) {
      this.#problem('options must be a map of texts', '.');
      return new Map();
    }
    for (const [name, value] of Object.entries(given)) {
      if (OWN_PARAMETERS.includes(name)) this.#problem(`options.${name} is set by the server`, '.');
      else if (!['string', 'number', 'boolean'].includes(typeof value))
        this.#problem(`options.${name} must be a text`, '.');
    }
    return new Map(Object.entries(given).map(([name, value]) => [name, String(value)]));
  }

  #url(name: string, isInsecure: boolean): URL {
    const text = this.#text(name) ?? '';
    const url = URL.parse(text);
    if (url !== null && (isConfidential(url) || (isInsecure && url.protocol === 'http:'))) return url;
    this.#problem(
      `${name}: ${JSON.stringify(text)} is not allowed: must be an https address, or http on loopback`,
      '.',
    );
    return url ?? new URL('https://localhost/');
  }

  #flag(name: string): boolean {
    const value = this.#fields[name] ?? false;
    if (typeof value !== 'boolean') this.#problem(`${name} must be true or false`, '.');
    return value === true;
  }

  /** Undefined where there is none. */
  #text(name: string): string | undefined {
    const value = this.#fields[name];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'string') return value;
    this.#problem(`${name} must be a text`, '.');
    return undefined;
  }

  #problem(text: string, separator = ''): void {
    this.#problems.push(`${this.#at}${separator}${text}`);
  }
}
