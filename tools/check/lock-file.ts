import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findMissing, type LockedPackage, readLockFile } from '../lock-file.ts';
import { repositoryRoot } from '../workspaces.ts';
import { type Problems, repositoryFiles, run } from './run.ts';

/** A registry's address, or a setting that names one: the tree installs from whatever registry the machine is set to. */
const registrySetting =
  /^\s*(?:@[\w-]+:)?registry\s*=|npmRegistryServer|\bregistry\.(?:npmjs|yarnpkg)\.|"registry"\s*:/m;

const settingsFiles = [
  'package.json',
  '**/package.json',
  '.npmrc',
  '**/.npmrc',
  '.ci',
  '.github',
  '.yarnrc*',
  'bunfig.toml',
];

/**
 * The lock file fits the manifests, pins each package by its hash, holds those of all platforms and names no host; nor does
 * the tree.
 */
export async function checkLockFile(): Promise<Problems> {
  const lock = readLockFile();
  const outOfStep = await run('npm', ['ci', '--dry-run', '--ignore-scripts', '--loglevel=error']);
  if (outOfStep !== undefined) return outOfStep.slice(0, outOfStep.indexOf('\nnpm error Clean install'));
  const problems = findMissing(lock).map(({ name }) => `package-lock.json lacks ${name}: run node tools/lock-file.ts`);
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (entry.link === true || !path.includes('node_modules/')) continue;
    if (entry.resolved !== undefined) problems.push(`package-lock.json: ${path} is resolved to ${entry.resolved}`);
    const pinned = entry.integrity !== undefined || entry.inBundle === true || isForOtherPlatforms(entry);
    if (!pinned) problems.push(`package-lock.json: ${path} has no hash`);
  }
  for (const file of await repositoryFiles(...settingsFiles)) {
    if (registrySetting.test(readFileSync(join(repositoryRoot, file), 'utf8')))
      problems.push(`${file} names a registry`);
  }
  return problems.length === 0 ? undefined : problems.join('\n');
}

function isForOtherPlatforms({ optional, os }: LockedPackage): boolean {
  return optional === true && os !== undefined;
}
