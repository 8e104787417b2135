import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Counter, MetricsRegistry } from './metrics.ts';

/** How often the delay of the event loop is sampled, once somebody looks. */
const DELAY_SAMPLE_MS = 20;

/**
 * CPU, memory and event loop of this process, under the names that Prometheus' clients for Node.js use. Of the process,
 * not of a server: registered by whoever owns the process.
 *
 * @param now the host's clock, in milliseconds
 */
export function collectProcessMetrics(registry: MetricsRegistry, now: () => number): void {
  registry
    .gauge('process_start_time_seconds', 'Start of the process since the epoch.')
    .set(Math.round(now() / 1_000 - process.uptime()));
  collectCpu(registry);
  collectMemory(registry);
  collectEventLoopLag(registry);
}

function collectCpu(registry: MetricsRegistry): void {
  const user = totalOf(registry.counter('process_cpu_user_seconds_total', 'User CPU time spent.'));
  const system = totalOf(registry.counter('process_cpu_system_seconds_total', 'System CPU time spent.'));
  const both = totalOf(registry.counter('process_cpu_seconds_total', 'User and system CPU time spent.'));
  registry.onRender(() => {
    const microseconds = process.cpuUsage();
    user(microseconds.user / 1e6);
    system(microseconds.system / 1e6);
    both((microseconds.user + microseconds.system) / 1e6);
  });
}

/** Sets a counter whose total is kept elsewhere. */
function totalOf(counter: Counter): (total: number) => void {
  let counted = 0;
  return (total) => {
    counter.add(total - counted);
    counted = total;
  };
}

function collectMemory(registry: MetricsRegistry): void {
  const resident = registry.gauge('process_resident_memory_bytes', 'Resident memory.');
  const heap = registry.gauge('nodejs_heap_size_used_bytes', 'Used heap of the JavaScript engine.');
  registry.onRender(() => {
    const { rss, heapUsed } = process.memoryUsage();
    resident.set(rss);
    heap.set(heapUsed);
  });
}

/** The event loop is watched from the first look on: a server that nobody watches sleeps undisturbed. */
function collectEventLoopLag(registry: MetricsRegistry): void {
  const help = 'Delay of the event loop since the last look, by quantile.';
  const lag = registry.gauge('nodejs_eventloop_lag_seconds', help, ['quantile']);
  let delay: ReturnType<typeof monitorEventLoopDelay> | undefined;
  registry.onRender(() => {
    if (delay === undefined) {
      delay = monitorEventLoopDelay({ resolution: DELAY_SAMPLE_MS });
      delay.enable();
      return;
    }
    lag.set(lagSeconds(delay.percentile(50)), '0.5');
    lag.set(lagSeconds(delay.percentile(99)), '0.99');
    lag.set(lagSeconds(delay.max), '1');
    delay.reset();
  });
}

/** A sample is the time between two ticks of the sampler: the interval itself is no lag. */
function lagSeconds(sampleNanoseconds: number): number {
  return Math.max(0, sampleNanoseconds / 1e9 - DELAY_SAMPLE_MS / 1_000);
}
