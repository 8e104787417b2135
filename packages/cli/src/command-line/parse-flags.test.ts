import assert from 'node:assert/strict';
import { test } from 'node:test';
import { booleanFlag, choiceFlag, durationFlag, integerFlag, listFlag, stringFlag } from './flag.ts';
import { parseFlags } from './parse-flags.ts';
import { UsageError } from './usage-error.ts';

const table = {
  file: stringFlag('File.', { short: 'f' }),
  ip: stringFlag('Address.', { default: 'localhost' }),
  port: integerFlag('Port.', { short: 'p', default: 7_233, min: 0, max: 65_535 }),
  headless: booleanFlag('No UI.'),
  verbose: booleanFlag('More.', { short: 'v' }),
  yes: booleanFlag('No question.', { short: 'y' }),
  namespace: listFlag('Namespace.', { short: 'n' }),
  timeout: durationFlag('Time.'),
  level: choiceFlag('Level.', { choices: ['debug', 'warn'], hiddenChoices: ['old'], default: 'warn' }),
};

function refused(...words: string[]): string {
  try {
    parseFlags(table, words);
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.message;
  }
  return assert.fail(`${words.join(' ')} was taken`);
}

test('without words every flag has its default', () => {
  const { flags, given, operands } = parseFlags(table, []);
  assert.deepEqual(flags, {
    file: '',
    ip: 'localhost',
    port: 7_233,
    headless: false,
    verbose: false,
    yes: false,
    namespace: [],
    timeout: 0,
    level: 'warn',
  });
  assert.equal(given.size, 0);
  assert.deepEqual(operands, []);
});

test('a value follows in the next word or after an equals sign', () => {
  for (const words of [['--port', '80'], ['--port=80'], ['-p', '80'], ['-p80'], ['-p=80']]) {
    const { flags, given } = parseFlags(table, words);
    assert.equal(flags.port, 80, words.join(' '));
    assert.deepEqual([...given], ['port']);
  }
  assert.equal(parseFlags(table, ['--file', '--port']).flags.file, '--port');
  assert.equal(parseFlags(table, ['--file=a=b']).flags.file, 'a=b');
  assert.equal(parseFlags(table, ['--file=']).flags.file, '');
  assert.equal(parseFlags(table, ['-f', '-']).flags.file, '-');
});

test('a boolean takes no word, and false only after an equals sign', () => {
  assert.deepEqual(parseFlags(table, ['--headless', 'false']).operands, ['false']);
  assert.equal(parseFlags(table, ['--headless']).flags.headless, true);
  assert.equal(parseFlags(table, ['--headless=false']).flags.headless, false);
  assert.equal(parseFlags(table, ['--headless=F']).flags.headless, false);
});

test('letters of booleans stand in one group, the last may take a value', () => {
  const { flags } = parseFlags(table, ['-vyp', '80']);
  assert.deepEqual([flags.verbose, flags.yes, flags.port], [true, true, 80]);
  assert.equal(parseFlags(table, ['-v=false']).flags.verbose, false);
});

test('a list keeps every value whole; of other flags the last value counts', () => {
  const { flags } = parseFlags(table, ['-n', 'a,b', '--namespace=c', '--port', '1', '--port', '2']);
  assert.deepEqual(flags.namespace, ['a,b', 'c']);
  assert.equal(flags.port, 2);
});

test('durations and choices', () => {
  const { flags } = parseFlags(table, ['--timeout', '1m30s', '--level', 'debug']);
  assert.equal(flags.timeout, 90_000);
  assert.equal(flags.level, 'debug');
  assert.equal(parseFlags(table, ['--level', 'old']).flags.level, 'old');
});

test('two dashes end the flags', () => {
  assert.deepEqual(parseFlags(table, ['a', '--', '--port', '-x']).operands, ['a', '--port', '-x']);
});

test('unknown flags are named', () => {
  assert.equal(refused('--foo'), 'unknown flag: --foo');
  assert.equal(refused('--foo=1'), 'unknown flag: --foo');
  assert.equal(refused('--toString'), 'unknown flag: --toString');
  assert.equal(refused('-x'), "unknown shorthand flag: 'x' in -x");
  assert.equal(refused('-vx'), "unknown shorthand flag: 'x' in -vx");
});

test('a missing value is told', () => {
  assert.equal(refused('--port'), 'flag needs an argument: --port');
  assert.equal(refused('-p'), "flag needs an argument: 'p' in -p");
});

test('a wrong value is refused with what is allowed', () => {
  const wholeNumber = 'must be a whole number from 0 to 65535';
  assert.equal(refused('--port', 'x'), `invalid argument "x" for "-p, --port" flag: ${wholeNumber}`);
  assert.equal(refused('--port', '70000'), `invalid argument "70000" for "-p, --port" flag: ${wholeNumber}`);
  assert.equal(refused('--port', '1.5'), `invalid argument "1.5" for "-p, --port" flag: ${wholeNumber}`);
  assert.equal(refused('--port='), `invalid argument "" for "-p, --port" flag: ${wholeNumber}`);
  assert.equal(
    refused('--level', 'loud'),
    'invalid argument "loud" for "--level" flag: loud is not one of required values of debug, warn',
  );
  assert.equal(refused('--headless=maybe'), 'invalid argument "maybe" for "--headless" flag: must be true or false');
  assert.equal(
    refused('--timeout', '5'),
    'invalid argument "5" for "--timeout" flag: must be a duration such as 10s, 1h30m or 7d',
  );
});
