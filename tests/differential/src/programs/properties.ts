import { Buffer } from 'node:buffer';
import {
  completeWorkflow,
  continueAsNew,
  modifyProperties,
  recordMarker,
  startChild,
  upsertSearchAttributes,
} from '../commands.ts';
import { programs } from '../program.ts';
import { failure, fields, payloads } from '../values.ts';

/** Values whose payloads name a type, their own or another one, or stand in a list of one. */
function given(): Record<string, object> {
  return {
    Color: typed(['red'], 'Text'),
    Count: typed(5, 'Double'),
    Flag: typed(true, 'Bool'),
    Note: typed('words', 'Keyword'),
    ...fields({ Colors: ['a'], Day: ['2024-05-06T07:08:09Z'], Ratio: null }),
  };
}

function typed(value: unknown, type: string): object {
  const { Value } = fields({ Value: value });
  return { ...Value, metadata: { ...(Value as { metadata: object }).metadata, type: Buffer.from(type) } };
}

export const properties = programs('properties', {
  'search attributes of each type': async (scene) => {
    await scene.start('w', { searchAttributes: { indexedFields: fields({ Color: 'red', Count: 1 }) } });
    await scene.answer('w', [
      upsertSearchAttributes(
        fields({
          Color: 'blue',
          Colors: ['a', 'b'],
          Day: '2024-05-06T07:08:09.123456789Z',
          Flag: true,
          Note: 'a text of words',
          Ratio: 0.5,
        }),
      ),
    ]);
    await scene.describe('w');
    await scene.signal('w', 'news');
    await scene.answer('w', [upsertSearchAttributes(fields({ Color: null, Colors: [] })), completeWorkflow()]);
    await scene.history('w');
    await scene.describe('w');
  },

  'search attributes as they were given': async (scene) => {
    const searchAttributes = { indexedFields: { ...given(), ...fields({ TemporalChangeVersion: ['change-1'] }) } };
    const { runId } = await scene.start('w', { searchAttributes });
    const upserted = { ...given(), Note: typed(['words'], 'Keyword') };
    await scene.answer('w', [upsertSearchAttributes(upserted)], { forceCreateNewWorkflowTask: true });
    await scene.describe('w');
    await scene.answer('w', [startChild(scene.id('c'), { searchAttributes }), continueAsNew({ searchAttributes })]);
    await scene.history('w', runId);
    await scene.answer('w', [completeWorkflow()]);
    await scene.describe('w');
  },

  'the memo': async (scene) => {
    await scene.start('w', { memo: { fields: fields({ kept: 1, changed: 'old', removed: true }) } });
    await scene.answer('w', [
      modifyProperties({ upsertedMemo: { fields: fields({ changed: 'new', added: [1, 2], removed: null }) } }),
      completeWorkflow(),
    ]);
    await scene.history('w');
    await scene.describe('w');
  },

  markers: async (scene) => {
    await scene.start('w');
    await scene.answer('w', [
      recordMarker('core_local_activity', {
        details: { data: payloads('data'), result: payloads('result') },
        header: { fields: fields({ trace: 'a header' }) },
        failure: failure('a failure'),
      }),
      recordMarker('plain'),
      completeWorkflow('out', 2),
    ]);
    await scene.history('w');
  },

  'change versions': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [
      upsertSearchAttributes(fields({ TemporalChangeVersion: ['change-1'] })),
      completeWorkflow(),
    ]);
    await scene.history('w');
    await scene.describe('w');
  },
});
