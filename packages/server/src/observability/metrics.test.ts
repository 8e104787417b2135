import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetricsRegistry, OTHER } from './metrics.ts';

test('counters and gauges', () => {
  const registry = createMetricsRegistry();
  const requests = registry.counter('service_requests', 'Requests.', ['operation', 'namespace']);
  const open = registry.gauge('open', 'Open.');
  requests.add(1, 'Start', 'default');
  requests.add(2, 'Start', 'default');
  requests.add(1, 'Poll', 'other');
  open.set(7);
  open.add(-2);
  assert.equal(
    registry.render(),
    `# HELP service_requests Requests.
# TYPE service_requests counter
service_requests{operation="Start",namespace="default"} 3
service_requests{operation="Poll",namespace="other"} 1
# HELP open Open.
# TYPE open gauge
open 5
`,
  );
});

test('a histogram counts cumulatively, bounds included', () => {
  const registry = createMetricsRegistry();
  const latency = registry.histogram('latency', 'Seconds.', [0.1, 1], ['operation']);
  for (const value of [0.1, 0.5, 1, 9]) latency.observe(value, 'Start');
  assert.deepEqual(registry.render().split('\n').slice(2, -1), [
    'latency_bucket{operation="Start",le="0.1"} 1',
    'latency_bucket{operation="Start",le="1"} 3',
    'latency_bucket{operation="Start",le="+Inf"} 4',
    'latency_sum{operation="Start"} 10.6',
    'latency_count{operation="Start"} 4',
  ]);
});

test('without labels a metric is there from the start, at zero', () => {
  const registry = createMetricsRegistry();
  registry.counter('a', 'A.');
  registry.counter('b', 'B.', ['label']);
  assert.equal(registry.render(), '# HELP a A.\n# TYPE a counter\na 0\n# HELP b B.\n# TYPE b counter\n');
});

test('label values and help are escaped', () => {
  const registry = createMetricsRegistry();
  registry.counter('a', 'one\ntwo\\', ['label']).add(1, 'say "x"\n\\');
  assert.equal(registry.render(), '# HELP a one\\ntwo\\\\\n# TYPE a counter\na{label="say \\"x\\"\\n\\\\"} 1\n');
});

test('label values that run together are different series', () => {
  const registry = createMetricsRegistry();
  const counter = registry.counter('a', 'A.', ['x', 'y']);
  counter.add(1, 'ab', 'c');
  counter.add(1, 'a', 'bc');
  assert.equal(registry.render().match(/ 1$/gm)?.length, 2);
});

test('the number of series is bounded, and nothing is lost from the sum', () => {
  const registry = createMetricsRegistry();
  const counter = registry.counter('a', 'A.', ['namespace']);
  for (let index = 0; index < 5_000; index += 1) counter.add(1, `namespace-${index}`);
  const lines = registry.render().split('\n').slice(2, -1);
  assert.equal(lines.length, 1_001);
  assert.equal(lines.at(-1), `a{namespace="${OTHER}"} 4000`);
});

test('what is known only when somebody looks is collected then', () => {
  const registry = createMetricsRegistry();
  const gauge = registry.gauge('a', 'A.');
  let looks = 0;
  registry.onRender(() => gauge.set((looks += 1)));
  registry.render();
  assert.match(registry.render(), /^a 2$/m);
});

test('names are checked, taken once, and labels complete', () => {
  const registry = createMetricsRegistry();
  const counter = registry.counter('a', 'A.', ['x']);
  assert.throws(() => registry.gauge('a', 'A.'), /registered twice/);
  assert.throws(() => registry.counter('a b', 'A.'), /no name for a metric/);
  assert.throws(() => registry.counter('c', 'C.', ['le']), /no name for a label/);
  assert.throws(() => counter.add(1), /has the labels x/);
});
