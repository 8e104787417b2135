import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryEvent } from '@perdure/proto/json-types';
import { groupEvents } from '../../../lib/history/groups.ts';
import { jsonPayload } from '../../../lib/payload.ts';
import { aiCallsOf, totalTokens } from './ai-calls.ts';

/** A history of activities that are done, each with its input and its result. */
function history(...activities: readonly (readonly [name: string, input: unknown, result: unknown])[]) {
  const events = activities.flatMap(([name, input, result], index): HistoryEvent[] => {
    const id = index * 3 + 1;
    return [
      {
        eventId: String(id),
        eventType: 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED',
        activityTaskScheduledEventAttributes: {
          activityId: String(id),
          activityType: { name },
          input: { payloads: [jsonPayload(input)] },
        },
      },
      {
        eventId: String(id + 1),
        eventType: 'EVENT_TYPE_ACTIVITY_TASK_STARTED',
        activityTaskStartedEventAttributes: { scheduledEventId: String(id), attempt: 1 },
      },
      {
        eventId: String(id + 2),
        eventType: 'EVENT_TYPE_ACTIVITY_TASK_COMPLETED',
        activityTaskCompletedEventAttributes: {
          scheduledEventId: String(id),
          startedEventId: String(id + 1),
          result: { payloads: [jsonPayload(result)] },
        },
      },
    ];
  });
  return groupEvents(events);
}

const short = (calls: ReturnType<typeof aiCallsOf>) =>
  calls.map(({ kind, title, parts }) => [
    kind,
    title,
    parts.map(({ by, name = '', text }) => `${by} ${name}: ${text}`),
  ]);

test('OpenAI Agents: a model asks for a tool, the tool is an activity, the model answers', () => {
  const calls = aiCallsOf(
    history(
      [
        'invokeModelActivity',
        { modelName: 'gpt-x', request: { input: [{ role: 'user', content: 'Weather in Oslo?' }] } },
        {
          usage: { inputTokens: 90, outputTokens: 12 },
          output: [{ type: 'function_call', name: 'getWeather', arguments: '{"city":"Oslo"}' }],
        },
      ],
      ['getWeather', { city: 'Oslo' }, 'rain'],
      ['unrelated', 1, 2],
      [
        'invokeModelActivity',
        { modelName: 'gpt-x', request: { input: [{ role: 'user', content: 'Weather in Oslo?' }] } },
        {
          usage: { inputTokens: 120, outputTokens: 8 },
          output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'It rains.' }] }],
        },
      ],
    ),
  );
  assert.deepEqual(short(calls), [
    ['model', 'gpt-x', ['user : Weather in Oslo?', 'tool call getWeather: {"city":"Oslo"}']],
    ['tool', 'getWeather', []],
    ['model', 'gpt-x', ['model : It rains.']],
  ]);
  assert.deepEqual(totalTokens(calls), { input: 210, output: 20 });
});

test('Vercel AI SDK: counts with totals, content of parts', () => {
  const calls = aiCallsOf(
    history([
      'invokeModel',
      { modelId: 'm-1', options: { prompt: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] } },
      {
        content: [
          { type: 'text', text: 'Let me look.' },
          { type: 'tool-call', toolName: 'search', input: '{"q":"x"}' },
        ],
        usage: { inputTokens: { total: 5 }, outputTokens: { total: 7 } },
      },
    ]),
  );
  assert.deepEqual(short(calls), [
    ['model', 'm-1', ['user : Hello', 'model : Let me look.', 'tool call search: {"q":"x"}']],
  ]);
  assert.deepEqual(totalTokens(calls), { input: 5, output: 7 });
});

test('Pydantic AI: parts by their kind', () => {
  const calls = aiCallsOf(
    history([
      'agent__bank__model_request',
      {},
      {
        parts: [
          { part_kind: 'text', content: 'Sure.' },
          { part_kind: 'tool-call', tool_name: 'balance', args: { id: 7 } },
        ],
        usage: { input_tokens: 3, output_tokens: 4 },
      },
    ]),
  );
  assert.deepEqual(short(calls), [
    ['model', 'agent__bank__model_request', ['model : Sure.', 'tool call balance: {"id":7}']],
  ]);
});

test('a run without a call to a model has none, whatever its activities give', () => {
  assert.deepEqual(aiCallsOf(history(['chargeCard', { usage: {} }, { output: [] }])), []);
});
