import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LogFormat, logFormatters } from './log-format.ts';
import { createLogger, errorText, type Logger, type LoggerOptions, silentLogger } from './logger.ts';

function start(level: LoggerOptions['level'], format: LogFormat = 'text'): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const logger = createLogger({
    level,
    format: logFormatters[format],
    now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6),
    write: (line) => lines.push(line),
  });
  return { logger, lines };
}

test('text is one line of time, level, message and fields', () => {
  const { logger, lines } = start('debug');
  logger.warn('shard lost', { shard: 3, run: 'a-b', why: 'disk full', again: true, unset: undefined });
  assert.deepEqual(lines, [
    'time=2026-01-02T03:04:05.006Z level=WARN msg="shard lost" shard=3 run=a-b why="disk full" again=true\n',
  ]);
});

test('json is one object a line', () => {
  const { logger, lines } = start('debug', 'json');
  logger.info('shard lost', { shard: 3, unset: undefined });
  assert.equal(lines.length, 1);
  assert.deepEqual(JSON.parse(lines[0] ?? ''), {
    time: '2026-01-02T03:04:05.006Z',
    level: 'INFO',
    msg: 'shard lost',
    shard: 3,
  });
});

test('pretty is text', () => assert.equal(logFormatters.pretty, logFormatters.text));

test('a level lets through itself and what is more urgent', () => {
  const written = (level: LoggerOptions['level']): string[] => {
    const { logger, lines } = start(level);
    logger.debug('d');
    logger.info('i');
    logger.warn('w');
    logger.error('e');
    return lines.map((line) => /msg=(\w)/.exec(line)?.[1] ?? line);
  };
  assert.deepEqual(written('debug'), ['d', 'i', 'w', 'e']);
  assert.deepEqual(written('info'), ['i', 'w', 'e']);
  assert.deepEqual(written('warn'), ['w', 'e']);
  assert.deepEqual(written('error'), ['e']);
  assert.deepEqual(written('never'), []);
});

test('nothing that is logged can begin a line or take the place of a key', () => {
  for (const format of ['text', 'json'] as const) {
    const { logger, lines } = start('debug', format);
    logger.error('a\nlevel=INFO', { msg: 'forged', level: 'forged', time: 'forged', text: 'x\r\ny' });
    assert.equal(lines.length, 1);
    assert.equal(lines[0]?.indexOf('\n'), (lines[0]?.length ?? 0) - 1);
    if (format === 'json') assert.equal((JSON.parse(lines[0] ?? '') as { msg: string }).msg, 'a\nlevel=INFO');
  }
});

test('an object that a cast let through is not written', () => {
  const { logger, lines } = start('debug');
  logger.info('start', { input: { secret: 'hunter2' } as unknown as string, call: (() => 1) as unknown as string });
  assert.match(lines[0] ?? '', /input="\[object\]" call="\[function\]"\n$/);
});

test('long strings are cut', () => {
  const { logger, lines } = start('debug');
  logger.info('m'.repeat(10_000), { text: 't'.repeat(10_000) });
  assert.ok((lines[0]?.length ?? 0) < 8_400);
});

test('with adds fields, and the entry may override them', () => {
  const { logger, lines } = start('debug');
  logger.with({ shard: 1, part: 'engine' }).with({ part: 'timers' }).info('m', { shard: 2 });
  assert.match(lines[0] ?? '', / msg=m shard=2 part=timers\n$/);
});

test('an error is told with its causes', () => {
  const error = new Error('outer', { cause: new Error('inner', { cause: 'why' }) });
  assert.match(errorText(error), /Error: outer[^]*caused by Error: inner[^]*caused by why$/);
  assert.equal(errorText('text'), 'text');
});

test('the silent logger stays silent', () => {
  silentLogger.with({ a: 1 }).error('nothing');
  assert.equal(silentLogger.with({ a: 1 }), silentLogger);
});
