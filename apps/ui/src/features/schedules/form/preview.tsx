import type { ScheduleSpec } from '@perdure/proto/json-types';
import type { ReactNode } from 'react';
import { usePreferences } from '../../../lib/preferences.ts';
import { durationMs, formatDuration, formatRelative, formatTime } from '../../../lib/time.ts';
import { useNow } from '../../../lib/use-now.ts';
import { nextTimes, structuredOf } from '../spec/next-times.ts';
import { exclusionWords, specWords } from '../spec/spec-words.ts';
import styles from './form.module.css';
import { formSpec } from './rule-form.ts';
import { type ScheduleForm, timesOf } from './schedule-form.ts';

const shownCount = 8;

/** What the rules say, in words and as the next times: worked out here as the server will, while they are typed. */
export function Preview({ form }: { readonly form: ScheduleForm }): ReactNode {
  const nowMs = useNow();
  const { clock, dateFormat } = usePreferences();
  const read = readForm(form, nowMs);
  const timeZone = form.timeZone.trim() || 'UTC';
  return (
    <div className={styles.preview} role="status" aria-label="What the rules say">
      <h3>Next runs</h3>
      <div className={styles.quiet}>in {timeZone}</div>
      {'problem' in read ? (
        <p className={styles.problem}>{read.problem}</p>
      ) : (
        <>
          {read.timesMs.length === 0 && <p>None: it runs only when it is triggered.</p>}
          <ol>
            {read.timesMs.map((timeMs) => (
              <li key={timeMs}>
                <span>{formatTime(timeMs, { timeZone, clock, dateFormat })}</span>
                <span>{formatRelative(timeMs, nowMs)}</span>
              </li>
            ))}
          </ol>
          {read.words.map((line) => (
            <p key={line} className={styles.quiet}>
              {line}
            </p>
          ))}
        </>
      )}
    </div>
  );
}

function readForm(form: ScheduleForm, nowMs: number) {
  try {
    const spec: ScheduleSpec = { ...formSpec(form.rules, form.exclusions), ...timesOf(form) };
    const next = nextTimes(spec, nowMs, shownCount);
    if ('problem' in next) return next;
    const jitterMs = durationMs(spec.jitter) ?? 0;
    const structured = { ...spec, ...structuredOf(spec), cronString: [] };
    const words = [
      ...specWords(structured),
      ...exclusionWords(structured).map((line) => `Not ${line.charAt(0).toLowerCase()}${line.slice(1)}`),
      ...(jitterMs > 0 ? [`Each up to ${formatDuration(jitterMs)} later`] : []),
    ];
    return { timesMs: next.timesMs, words };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
