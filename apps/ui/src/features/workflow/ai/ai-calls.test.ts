import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryEvent } from '@perdure/proto/json-types';
import { groupEvents } from '../../../lib/history/groups.ts';
import { jsonPayload } from '../../../lib/payload.ts';
import { aiCallsOf, totalUsage } from './ai-calls.ts';
import recorded from './recorded-calls.json' with { type: 'json' };

type Done = readonly [name: string, input: unknown, result: unknown, summary?: string | undefined];

/** A history of activities that are done, each with its input and its result. */
function history(...activities: readonly Done[]) {
  const events = activities.flatMap(([name, input, result, summary], index): HistoryEvent[] => {
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
        ...(summary !== undefined && { userMetadata: { summary: jsonPayload(summary) } }),
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
  assert.deepEqual(totalUsage(calls), { input: 210, cached: 0, output: 20 });
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
  assert.deepEqual(totalUsage(calls), { input: 5, cached: 0, output: 7 });
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

interface RecordedActivity {
  readonly type: string;
  readonly summary?: string;
  readonly input: readonly unknown[];
  readonly result: unknown;
}

/** What the integrations wrote in real runs; what says nothing of a call was left out. */
function recordedHistory({ activities }: { readonly activities: readonly RecordedActivity[] }) {
  return history(...activities.map(({ type, input, result, summary }): Done => [type, input[0], result, summary]));
}

for (const [library, tool, recording] of [
  ['the Vercel AI SDK', 'getWeather', recorded.vercelAiSdk],
  // It calls its activities by what they are for.
  ['OpenAI Agents for Python', 'get_weather', recorded.openAiAgentsPython],
  ['OpenAI Agents for TypeScript', 'getWeather', recorded.openAiAgentsTypeScript],
  ['OpenAI Agents for TypeScript, streaming', 'getWeather', recorded.openAiAgentsTypeScriptStreaming],
] as const) {
  test(`recorded with ${library}`, () => {
    const calls = aiCallsOf(recordedHistory(recording));
    assert.deepEqual(short(calls), [
      [
        'model',
        'gpt-4o-mini',
        [
          'user : What is the weather in Oslo?',
          'reasoning : The weather is needed.',
          `tool call ${tool}: {"city":"Oslo"}`,
        ],
      ],
      ['tool', tool, []],
      ['model', 'gpt-4o-mini', ['model : It rains in Oslo.']],
    ]);
    assert.deepEqual(totalUsage(calls), { input: 240, cached: 128, output: 34 });
  });
}

test('recorded with Pydantic AI', () => {
  const calls = aiCallsOf(recordedHistory(recorded.pydanticAi));
  assert.deepEqual(short(calls), [
    ['model', 'test', ['user : What is the balance of 7?', 'tool call balance: {"account":0}']],
    ['tool', 'balance', []],
    ['model', 'test', ['model : {"balance":"0: 12"}']],
  ]);
  assert.deepEqual(totalUsage(calls), { input: 114, cached: 0, output: 13 });
});

test('what a tool gave that is no activity is told once, with the call that was given it', () => {
  const [first, , second] = recorded.vercelAiSdk.activities;
  const calls = aiCallsOf(
    recordedHistory({ activities: [first, second, second].filter((each) => each !== undefined) }),
  );
  assert.deepEqual(
    short(calls).map(([, , parts]) => parts),
    [
      [
        'user : What is the weather in Oslo?',
        'reasoning : The weather is needed.',
        'tool call getWeather: {"city":"Oslo"}',
      ],
      ['tool result getWeather: {"city":"Oslo","sky":"rain"}', 'model : It rains in Oslo.'],
      ['model : It rains in Oslo.'],
    ],
  );
});

test('an activity of any name that gives what a model answers is a call to one', () => {
  const usage = { input_tokens: 10, output_tokens: 5 };
  const groups = history(
    ['plan', { messages: [{ role: 'user', content: 'Hello' }] }, { model: 'm', content: [{ text: 'Hi' }], usage }],
    ['store', {}, { usage: { bytes: 3 }, content: [] }],
  );
  assert.deepEqual(short(aiCallsOf(groups)), [['model', 'm', ['user : Hello', 'model : Hi']]]);
});

test('what a cache gave is part of the input, also where it is counted apart', () => {
  const usage = { input_tokens: 10, cache_read_input_tokens: 90, output_tokens: 5 };
  const calls = aiCallsOf(history(['invoke_model', { model: 'claude' }, { content: [], usage }]));
  assert.deepEqual(totalUsage(calls), { input: 100, cached: 90, output: 5 });
});

test('a run without a call to a model has none, whatever its activities give', () => {
  assert.deepEqual(aiCallsOf(history(['chargeCard', { usage: {} }, { output: [] }])), []);
});
