import { readFileSync } from 'node:fs';
import {
  createDynamicConfig,
  type DynamicConfigResult,
  type Logger,
  readConfigFile,
  ReplaceableConfig,
} from '@perdure/server';
import { CommandError } from '../command-line/command.ts';
import type { FileWatch } from './watched-files.ts';
import { readYamlOf } from './yaml.ts';

/**
 * The dynamic configuration in a file, which follows it while the server runs. Throws a `CommandError` if it is wrong at
 * the start; a wrong edit later keeps the values that hold.
 */
export function watchedDynamicConfig(file: string, watch: FileWatch, logger: Logger): ReplaceableConfig {
  const text = readText(file);
  const config = new ReplaceableConfig(configOf(file, text, logger));
  const onChange = ([changed = '']: readonly string[]): void => {
    config.replace(configOf(file, changed, logger));
    logger.info('dynamic configuration replaced', { file });
  };
  const onFailure = (error: unknown): void =>
    logger.error('new dynamic configuration refused, the old one stays', { file, error: (error as Error).message });
  watch.add({ paths: [file], onChange, onFailure }, [text]);
  return config;
}

type Config = Extract<DynamicConfigResult, { kind: 'config' }>['config'];

function configOf(file: string, text: string, logger: Logger): Config {
  const { config, warnings, notes } = parse(file, text);
  for (const warning of warnings) logger.warn(warning, { file });
  for (const note of notes) logger.info(note, { file });
  return config;
}

function parse(file: string, text: string): Extract<DynamicConfigResult, { kind: 'config' }> {
  const read = readConfigFile(readYamlOf(file, text));
  const result = read.kind === 'invalid' ? read : createDynamicConfig(read.values);
  if (result.kind === 'invalid') throw new CommandError(`${file}: ${result.problems.join('; ')}`);
  return result;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(`dynamicConfig.file: ${(error as Error).message}`, { cause: error });
  }
}
