/**
 * `node tools/pack.ts`: what is published. In the repository `exports` point to the TypeScript sources, so that an edit
 * runs at once; a published package is compiled JavaScript with declarations. Each public package is staged to
 * `.pack/packages/<name>`, compiled there against the staged packages it depends on (so that their declarations are
 * proven), and packed to `.pack/*.tgz`.
 */
import { cpSync, existsSync, globSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { capture } from './check/run.ts';
import { type Manifest, publicWorkspaces, repositoryRoot, type Workspace } from './workspaces.ts';

/** The oldest Node.js that a published package runs on: the first with `node:sqlite` and no flag. */
const nodeVersionMin = '22.13';

const packDirectory = join(repositoryRoot, '.pack');

export interface StagedPackage {
  readonly name: string;
  /** The folder that was packed. */
  readonly directory: string;
  readonly tarball: string;
  readonly manifest: Manifest;
}

/** Stages, compiles and packs every public package. Throws with the tool's output where one fails. */
export async function packAll(): Promise<StagedPackage[]> {
  rmSync(packDirectory, { recursive: true, force: true });
  const workspaces = inOrderOfDependency(publicWorkspaces());
  for (const workspace of workspaces) await stage(workspace);
  const directories = workspaces.map(({ path }) => stagedDirectory(path));
  await succeed('npm', ['pack', '--silent', '--pack-destination', packDirectory, ...directories]);
  return workspaces.map(({ path, manifest }) => ({
    name: manifest.name,
    directory: stagedDirectory(path),
    tarball: join(packDirectory, `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`),
    manifest,
  }));
}

/** Tests and what only they import stay here: `*.test.ts`, `testing*.ts`, `testing/`. */
function isForTests(file: string): boolean {
  return /\.test\.ts$|(?:^|[\\/])src[\\/](?:.*[\\/])?testing[^\\/]*(?:[\\/]|\.ts$|$)/.test(file);
}

function stagedDirectory(path: string): string {
  return join(packDirectory, 'packages', basename(path));
}

async function stage({ path, manifest }: Workspace): Promise<void> {
  const source = join(repositoryRoot, path);
  const target = stagedDirectory(path);
  mkdirSync(target, { recursive: true });
  if (manifest.scripts?.build !== undefined) return stageBuilt(source, target, manifest);
  cpSync(join(source, 'src'), join(target, 'src'), { recursive: true, filter: (file) => !isForTests(file) });
  for (const name of ['bin', 'README.md']) {
    if (existsSync(join(source, name))) cpSync(join(source, name), join(target, name), { recursive: true });
  }
  cpSync(join(repositoryRoot, 'LICENSE'), join(target, 'LICENSE'));
  cpSync(join(source, 'tsconfig.json'), join(target, 'tsconfig.json'));
  cpSync(join(repositoryRoot, 'tsconfig.base.json'), join(packDirectory, 'tsconfig.base.json'));
  linkDependencies(source, target, manifest.name);
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(publishedManifest(manifest), undefined, 2)}\n`);
  await succeed('tsc', ['-p', target, '--noEmitOnError', '--composite', 'false', '--incremental', 'false']);
  for (const asset of globSync('src/**/*', { cwd: target, withFileTypes: true })) {
    if (!asset.isFile() || extname(asset.name) === '.ts') continue;
    const file = join(asset.parentPath, asset.name);
    cpSync(file, join(target, 'dist', file.slice(join(target, 'src').length)));
  }
}

/** A package that its own build makes, such as the Web UI: what its manifest lists, its dependencies bundled in it. */
async function stageBuilt(source: string, target: string, manifest: Manifest): Promise<void> {
  await succeed('npm', ['run', 'build', '--silent', '-w', manifest.name]);
  for (const name of [...(manifest.files ?? []), 'README.md']) {
    if (existsSync(join(source, name))) cpSync(join(source, name), join(target, name), { recursive: true });
  }
  cpSync(join(repositoryRoot, 'LICENSE'), join(target, 'LICENSE'));
  linkDependencies(source, target, manifest.name);
  const { scripts: _scripts, devDependencies: _devDependencies, ...rest } = manifest;
  const published = { ...rest, engines: { node: `>=${nodeVersionMin}` }, publishConfig: { access: 'public' } };
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(published, undefined, 2)}\n`);
}

/** Makes the staged package visible to those that depend on it, and its own nested dependencies to itself. */
function linkDependencies(source: string, target: string, name: string): void {
  const link = join(packDirectory, 'node_modules', name);
  mkdirSync(join(link, '..'), { recursive: true });
  symlinkSync(target, link);
  const nested = join(source, 'node_modules');
  if (existsSync(nested)) symlinkSync(nested, join(target, 'node_modules'));
}

function publishedManifest(manifest: Manifest): object {
  const { exports, imports, devDependencies: _devDependencies, ...rest } = manifest;
  return {
    ...rest,
    engines: { node: `>=${nodeVersionMin}` },
    files: ['bin', 'dist', 'src'],
    publishConfig: { access: 'public' },
    ...(exports && { exports: mapValues(withoutTests(exports), conditions) }),
    ...(imports && { imports: mapValues(imports, conditions) }),
  };
}

function withoutTests(exports: NonNullable<Manifest['exports']>): Record<string, string> {
  const sources = Object.entries(exports).filter(([, source]) => typeof source === 'string' && !isForTests(source));
  return Object.fromEntries(sources) as Record<string, string>;
}

function conditions(source: string): string | { types: string; default: string } {
  const built = /^\.\/src\/(.*)\.ts$/.exec(source)?.[1];
  return built === undefined ? source : { types: `./dist/${built}.d.ts`, default: `./dist/${built}.js` };
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

function inOrderOfDependency(workspaces: readonly Workspace[]): Workspace[] {
  const byName = new Map(workspaces.map((workspace) => [workspace.manifest.name, workspace]));
  const ordered = new Set<Workspace>();
  const visit = (workspace: Workspace): void => {
    for (const name of Object.keys(workspace.manifest.dependencies ?? {})) {
      const dependency = byName.get(name);
      if (dependency !== undefined) visit(dependency);
    }
    ordered.add(workspace);
  };
  workspaces.forEach(visit);
  return [...ordered];
}

async function succeed(command: string, args: readonly string[]): Promise<void> {
  const { status, output } = await capture(command, args);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${output}`);
}

if (import.meta.main) for (const { tarball } of await packAll()) console.log(tarball);
