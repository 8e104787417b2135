import { GrpcStatus } from '@perdure/core';
import { LATENCY_BOUNDS_SECONDS, type MetricsRegistry } from './metrics.ts';

/** How a call ended: its gRPC status, or undefined where it succeeded. */
export type CallOutcome = GrpcStatus | undefined;

/** What is counted of every call, under the names that Temporal's dashboards read. */
export interface ServiceMetrics {
  /** Counts a call; the function that it gives is called once, when the call ends. */
  begin(operation: string, namespace: string): (outcome: CallOutcome) => void;
}

/**
 * Statuses that mean that something is wrong with the server, not with the request. Temporal:
 * common/rpc/interceptor/telemetry.go, which counts only these as `service_errors`.
 */
const unexpected: ReadonlySet<CallOutcome> = new Set([
  GrpcStatus.Internal,
  GrpcStatus.Unavailable,
  GrpcStatus.DataLoss,
]);

const statusNames = new Map<CallOutcome, string>(Object.entries(GrpcStatus).map(([name, status]) => [status, name]));

/** Namespace label of a call that names none. Temporal: common/metrics/tags.go. */
const NO_NAMESPACE = '_unknown_';

/** @param now the host's clock, in milliseconds */
export function createServiceMetrics(registry: MetricsRegistry, now: () => number): ServiceMetrics {
  const labels = ['operation', 'namespace'];
  const requests = registry.counter('service_requests', 'Calls received.', labels);
  const pending = registry.gauge('service_pending_requests', 'Calls being served.', labels);
  const errors = registry.counter('service_errors', 'Calls that failed through a fault of the server.', labels);
  const errorTypes = [...labels, 'error_type'];
  const typedErrors = registry.counter('service_error_with_type', 'Calls refused or failed, by status.', errorTypes);
  const latency = registry.histogram('service_latency', 'Duration of calls.', LATENCY_BOUNDS_SECONDS, labels);
  const seriesOf = (operation: string, namespace: string) => ({
    received: requests.of(operation, namespace),
    underWay: pending.of(operation, namespace),
    took: latency.of(operation, namespace),
  });
  /** What each call adds to, by namespace and operation; namespaces that exist, and methods, so it stays small. */
  const known = new Map<string, Map<string, ReturnType<typeof seriesOf>>>();
  const find = (operation: string, namespace: string) => {
    const operations = known.get(namespace) ?? new Map<string, ReturnType<typeof seriesOf>>();
    if (operations.size === 0) known.set(namespace, operations);
    let found = operations.get(operation);
    if (found === undefined) operations.set(operation, (found = seriesOf(operation, namespace)));
    return found;
  };
  return {
    begin(operation, namespaceOrEmpty) {
      const namespace = namespaceOrEmpty === '' ? NO_NAMESPACE : namespaceOrEmpty;
      const startedAtMs = now();
      const { received, underWay, took } = find(operation, namespace);
      received(1);
      underWay(1);
      return (outcome) => {
        underWay(-1);
        took(Math.max(0, now() - startedAtMs) / 1_000);
        if (outcome === undefined) return;
        typedErrors.add(1, operation, namespace, statusNames.get(outcome) ?? String(outcome));
        if (unexpected.has(outcome)) errors.add(1, operation, namespace);
      };
    },
  };
}
