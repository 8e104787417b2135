import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandType, EventType, WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { Command } from '@perdure/proto/types';
import { Bench, payloads, payloadsOf } from '../testing.ts';

function marker(attributes: Command['recordMarkerCommandAttributes']): Command {
  return { commandType: CommandType.RecordMarker, recordMarkerCommandAttributes: attributes };
}

test('a marker is recorded as it is', () => {
  const bench = new Bench();
  bench.start();
  const details = { data: payloads('x') };
  const failure = { message: 'local failure' };
  bench.complete([marker({ markerName: 'core_local_activity', details, failure })]);
  assert.deepEqual(bench.history(5), ['5 MarkerRecorded']);
  assert.deepEqual(bench.last(EventType.MarkerRecorded).markerRecordedEventAttributes, {
    markerName: 'core_local_activity',
    details,
    workflowTaskCompletedEventId: 4,
    header: undefined,
    failure,
  });
});

test('a marker has a name of limited length', () => {
  const on = 'RecordMarkerCommand';
  const cases: [Command, string][] = [
    [marker(undefined), `${on}Attributes is not set on ${on}.`],
    [marker({}), `MarkerName is not set on ${on}.`],
    [
      marker({ markerName: 'long name' }),
      `MarkerName on ${on} exceeds length limit. MarkerName=long name Length=9 Limit=8`,
    ],
  ];
  for (const [command, message] of cases) {
    const bench = new Bench({ limits: { idLengthMax: 8 } });
    bench.start();
    assert.equal(bench.complete([command]).failure?.message, `BadRecordMarkerAttributes: ${message}`);
  }
});

test('details that no history may hold end the run', () => {
  const bench = new Bench({ limits: { blobSizeBytesMax: 100 } });
  bench.start();
  const { failure } = bench.complete([marker({ markerName: 'm', details: { data: payloadsOf(97) } })]);
  assert.equal(
    failure?.message,
    'BadRecordMarkerAttributes: RecordMarkerCommandAttributes.Details exceeds size limit.',
  );
  assert.equal(bench.run.lifecycle.status, WorkflowExecutionStatus.Terminated);
});
