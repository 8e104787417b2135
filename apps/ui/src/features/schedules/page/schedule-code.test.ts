import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonPayload } from '../../../lib/payload.ts';
import { scheduleCode, type ScheduleCodeFacts } from './schedule-code.ts';

const facts: ScheduleCodeFacts = {
  address: 'localhost:7233',
  namespace: 'default',
  scheduleId: 'nightly',
  schedule: {
    spec: {
      structuredCalendar: [{ hour: [{ start: 3, end: 3, step: 1 }], dayOfWeek: [{ start: 1, end: 5, step: 1 }] }],
      interval: [{ interval: '5400s' }],
      timezoneName: 'Europe/Berlin',
    },
    action: {
      startWorkflow: {
        workflowId: 'nightly',
        workflowType: { name: 'Report' },
        taskQueue: { name: 'q' },
        input: { payloads: [jsonPayload({ dry: true })] },
      },
    },
    policies: { overlapPolicy: 'SCHEDULE_OVERLAP_POLICY_BUFFER_ONE' },
  },
};

test('the command makes a schedule like it', () => {
  assert.equal(
    scheduleCode('cli', 'create', facts),
    [
      'perdure schedule create \\',
      '  --schedule-id nightly \\',
      "  --cron '0 0 3 * * 1-5 *' \\",
      '  --interval 1h30m \\',
      '  --time-zone Europe/Berlin \\',
      '  --overlap-policy BufferOne \\',
      '  --workflow-id nightly \\',
      '  --type Report \\',
      '  --task-queue q \\',
      `  --input '{"dry":true}' \\`,
      '  --namespace default \\',
      '  --address localhost:7233',
      '',
    ].join('\n'),
  );
});

test('programs import what they use', () => {
  const python = scheduleCode('python', 'create', facts);
  assert.match(python, /from datetime import timedelta/);
  assert.match(python, /ScheduleIntervalSpec\(every=timedelta\(seconds=5400\)\)/);
  assert.match(python, /args=\[\{"dry": True\}\]/);
  assert.match(scheduleCode('typescript', 'create', facts), /intervals: \[\{ every: 5400000 \}\]/);
  assert.match(scheduleCode('typescript', 'trigger', facts), /getHandle\("nightly"\);\nawait handle\.trigger\(\);/);
});
