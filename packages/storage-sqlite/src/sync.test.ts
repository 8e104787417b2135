import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { scratchFiles } from './testing/scratch.ts';

const newFile = scratchFiles();
const PROGRAM = new URL('./testing/commit-program.ts', import.meta.url).pathname;

/** What a process asked of the system, in the order in which the calls ended. */
type Call = 'write to the log' | 'sync of the log' | 'confirmation';

/** The calls in a trace of `strace -f -y -o`, which names the file of each descriptor. */
function callsIn(trace: string): Call[] {
  const calls: Call[] = [];
  const unfinished = new Map<string, string>();
  for (const line of trace.split('\n')) {
    const [, thread = '', text = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (text.endsWith('<unfinished ...>')) {
      unfinished.set(thread, text);
      continue;
    }
    const begun = text.startsWith('<...') ? (unfinished.get(thread) ?? '') + text : text;
    if (/^pwrite64\(\d+<[^>]*-wal>/.test(begun)) calls.push('write to the log');
    else if (/^f(data)?sync\(\d+<[^>]*-wal>/.test(begun) && begun.endsWith('= 0')) calls.push('sync of the log');
    else if (/^write\(1<.*"confirmed /.test(begun)) calls.push('confirmation');
  }
  return calls;
}

const canTrace = spawnSync('strace', ['-f', '-y', '-e', 'trace=none', 'true']).status === 0;

for (const commits of ['loop', 'thread']) {
  const skip = canTrace ? false : 'strace is not here or not allowed';
  test(`the log is synced between each commit's last write and its confirmation (${commits})`, { skip }, () => {
    const calls = ['pwrite64', 'fsync', 'fdatasync', 'write'].join(',');
    const trace = `${newFile()}.trace`;
    const program = [process.execPath, PROGRAM, newFile(), commits, '20'];
    const options = ['-f', '-y', '-o', trace, '-e', `trace=${calls}`, '-e', 'signal=none'];
    const { stdout } = spawnSync('strace', [...options, ...program], { encoding: 'utf8' });
    assert.match(stdout, /confirmed 20\n$/);
    const sinceConfirmation: Call[] = [];
    let confirmations = 0;
    for (const call of callsIn(readFileSync(trace, 'utf8'))) {
      if (call !== 'confirmation') {
        sinceConfirmation.push(call);
        continue;
      }
      confirmations += 1;
      assert.ok(sinceConfirmation.includes('write to the log'), `commit ${confirmations} was written`);
      assert.equal(sinceConfirmation.at(-1), 'sync of the log', `commit ${confirmations} was synced`);
      sinceConfirmation.length = 0;
    }
    assert.equal(confirmations, 20);
  });
}
