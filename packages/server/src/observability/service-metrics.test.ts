import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrpcStatus } from '@perdure/core';
import { createMetricsRegistry } from './metrics.ts';
import { createServiceMetrics } from './service-metrics.ts';

test('a call is counted when it begins, timed when it ends, and blamed on the server only for its own faults', () => {
  const registry = createMetricsRegistry();
  let nowMs = 1_000;
  const service = createServiceMetrics(registry, () => nowMs);
  const line = (text: string): void => assert.ok(`\n${registry.render()}`.includes(`\n${text}\n`), text);
  const call = 'operation="StartWorkflowExecution",namespace="default"';

  const end = service.begin('StartWorkflowExecution', 'default');
  line(`service_requests{${call}} 1`);
  line(`service_pending_requests{${call}} 1`);
  nowMs += 30;
  end(undefined);
  line(`service_pending_requests{${call}} 0`);
  line(`service_latency_bucket{${call},le="0.02"} 0`);
  line(`service_latency_bucket{${call},le="0.05"} 1`);
  line(`service_latency_sum{${call}} 0.03`);

  service.begin('StartWorkflowExecution', 'default')(GrpcStatus.InvalidArgument);
  line(`service_error_with_type{${call},error_type="InvalidArgument"} 1`);
  assert.doesNotMatch(registry.render(), /^service_errors\{/m);
  service.begin('StartWorkflowExecution', 'default')(GrpcStatus.Unavailable);
  line(`service_errors{${call}} 1`);
  line(`service_requests{${call}} 3`);
});

test('a call without a namespace, and a clock that goes back', () => {
  const registry = createMetricsRegistry();
  let nowMs = 1_000;
  const end = createServiceMetrics(registry, () => nowMs).begin('GetSystemInfo', '');
  nowMs = 0;
  end(undefined);
  assert.match(registry.render(), /^service_latency_sum\{operation="GetSystemInfo",namespace="_unknown_"\} 0$/m);
});
