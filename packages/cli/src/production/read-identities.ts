import { type Identity, readPermissions } from '@perdure/server';
import { CommandError } from '../command-line/command.ts';
import { type Fields, isMap, readYamlOf } from './yaml.ts';

const FIELDS = ['name', 'keySha256', 'certificate', 'permissions', 'expires'];
const HASH = /^[0-9a-f]{64}$/i;

/** The identities in a file. Throws a `CommandError` that names all that is wrong, each with its place. */
export function readIdentities(file: string, text: string): Identity[] {
  const problems: string[] = [];
  const content = readYamlOf(file, text);
  const list = isMap(content) && Object.keys(content).join() === 'identities' ? content['identities'] : undefined;
  if (!Array.isArray(list)) throw new CommandError(`${file}: must be a map with "identities", a list`);
  const identities = list.map((item: unknown, index) => readIdentity(`identities[${index}]`, item, problems));
  for (const field of ['keyHash', 'certificateName'] as const) {
    const values = identities.map((identity) => identity[field]).filter((value) => value !== undefined);
    if (new Set(values).size < values.length) {
      problems.push(`two identities have the same ${field === 'keyHash' ? 'keySha256' : 'certificate'}`);
    }
  }
  if (problems.length > 0) throw new CommandError(`${file}: ${problems.join('; ')}`);
  return identities;
}

function readIdentity(at: string, item: unknown, problems: string[]): Identity {
  const fields: Fields = isMap(item) ? item : {};
  for (const key of Object.keys(fields)) {
    if (!FIELDS.includes(key)) problems.push(`${at}.${key} is unknown; allowed: ${FIELDS.join(', ')}`);
  }
  const name = textOf(fields, 'name') ?? '';
  if (name === '') problems.push(`${at}.name must be a text`);
  const keyHash = textOf(fields, 'keySha256')?.toLowerCase();
  if (fields['keySha256'] !== undefined && !HASH.test(keyHash ?? '')) {
    problems.push(`${at}.keySha256 must be the SHA-256 of a key, 64 hexadecimal digits`);
  }
  const certificateName = textOf(fields, 'certificate');
  if (keyHash === undefined && (certificateName ?? '') === '') {
    problems.push(`${at} needs keySha256 or certificate`);
  }
  return {
    name,
    keyHash,
    certificateName,
    permissions: permissionsOf(at, fields['permissions'], problems),
    expiresAtMs: expiryOf(at, fields['expires'], problems),
  };
}

function permissionsOf(at: string, given: unknown, problems: string[]): Identity['permissions'] {
  const texts = Array.isArray(given) ? given.map(String) : [];
  const { permissions, ignored } = readPermissions(texts);
  if (texts.length === 0) problems.push(`${at}.permissions must be a list of NAMESPACE:ROLE`);
  for (const text of ignored) {
    problems.push(`${at}.permissions: ${JSON.stringify(text)} is not NAMESPACE:ROLE with one of read, write, admin`);
  }
  return permissions;
}

function expiryOf(at: string, given: unknown, problems: string[]): number | undefined {
  if (given === undefined || given === null) return undefined;
  const isDate = typeof given === 'string' && /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(given);
  const expiresAtMs = isDate ? Date.parse(given) : NaN;
  if (Number.isNaN(expiresAtMs)) problems.push(`${at}.expires must be a time such as 2027-01-31T00:00:00Z`);
  return expiresAtMs;
}

function textOf(fields: Fields, key: string): string | undefined {
  const value = fields[key];
  return typeof value === 'string' ? value : undefined;
}
