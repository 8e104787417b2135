/**
 * Counters, gauges and histograms, written in Prometheus' text format 0.0.4. A registry of our own, because it is small,
 * takes its numbers from callers only (the simulator runs with it), and keeps the number of series bounded.
 */
import { assertMetricName, type Metric, renderMetrics } from './metrics-text.ts';

/** Adds to one series. */
export type Add = (amount: number) => void;

export interface Counter {
  /** Adds to the series of these label values, in the order of the metric's label names. */
  add(amount: number, ...labelValues: string[]): void;
  /** The same for who adds often: the series is looked for once. */
  of(...labelValues: string[]): Add;
}

export interface Gauge {
  set(value: number, ...labelValues: string[]): void;
  add(amount: number, ...labelValues: string[]): void;
  of(...labelValues: string[]): Add;
}

export interface Histogram {
  observe(value: number, ...labelValues: string[]): void;
  of(...labelValues: string[]): (value: number) => void;
}

export interface MetricsRegistry {
  counter(name: string, help: string, labelNames?: readonly string[]): Counter;
  gauge(name: string, help: string, labelNames?: readonly string[]): Gauge;
  /** Upper bounds ascend; `+Inf` is added. */
  histogram(name: string, help: string, bounds: readonly number[], labelNames?: readonly string[]): Histogram;
  /** Runs before each `render`, to set what is known only when somebody looks. */
  onRender(collect: () => void): void;
  /** All metrics as Prometheus reads them. */
  render(): string;
}

/** Bounds of latencies in seconds. Temporal: common/metrics/config.go, default boundaries of timers. */
export const LATENCY_BOUNDS_SECONDS: readonly number[] = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000,
];

/**
 * The most series of one metric. Label values may come from requests (namespaces): what exceeds this is counted under
 * `OTHER` in each label, so that no caller can fill the memory.
 */
const SERIES_MAX = 1_000;
export const OTHER = '_other_';

/** One number, or of a histogram a number for each bucket, then the sum and the count. */
type Series = { readonly labelValues: readonly string[]; readonly values: Float64Array };

export function createMetricsRegistry(): MetricsRegistry {
  const metrics = new Map<string, Metric>();
  const collectors: (() => void)[] = [];

  const register = (metric: Metric): ((labelValues: readonly string[]) => Float64Array) => {
    assertMetricName(metric.name, metric.labelNames);
    if (metrics.has(metric.name)) throw new Error(`the metric ${metric.name} is registered twice`);
    metrics.set(metric.name, metric);
    return seriesOf(metric);
  };

  return {
    counter(name, help, labelNames = []) {
      const series = register({ kind: 'counter', name, help, labelNames, bounds: [], series: new Map() });
      return {
        add: (amount, ...labelValues) => addTo(series(labelValues), 0, amount),
        of: (...labelValues) => adderOf(series(labelValues)),
      };
    },
    gauge(name, help, labelNames = []) {
      const series = register({ kind: 'gauge', name, help, labelNames, bounds: [], series: new Map() });
      return {
        set: (value, ...labelValues) => void (series(labelValues)[0] = value),
        add: (amount, ...labelValues) => addTo(series(labelValues), 0, amount),
        of: (...labelValues) => adderOf(series(labelValues)),
      };
    },
    histogram(name, help, bounds, labelNames = []) {
      const series = register({ kind: 'histogram', name, help, labelNames, bounds, series: new Map() });
      const observe = (values: Float64Array, value: number): void => {
        const above = bounds.findIndex((bound) => value <= bound);
        addTo(values, above === -1 ? bounds.length : above, 1);
        addTo(values, bounds.length + 1, value);
      };
      return {
        observe: (value, ...labelValues) => observe(series(labelValues), value),
        of(...labelValues) {
          const values = series(labelValues);
          return (value) => observe(values, value);
        },
      };
    },
    onRender: (collect) => void collectors.push(collect),
    render() {
      for (const collect of collectors) collect();
      return renderMetrics(metrics.values());
    },
  };
}

function adderOf(values: Float64Array): Add {
  return (amount) => addTo(values, 0, amount);
}

function addTo(values: Float64Array, index: number, amount: number): void {
  values[index] = (values[index] ?? 0) + amount;
}

function seriesOf(metric: Metric): (labelValues: readonly string[]) => Float64Array {
  const { kind, name, labelNames, bounds } = metric;
  const series = metric.series as Map<string, Series>;
  const size = kind === 'histogram' ? bounds.length + 2 : 1;
  const find = (labelValues: readonly string[]): Float64Array => {
    const key = labelValues.join('\0');
    let found = series.get(key);
    if (found === undefined) {
      const other = labelNames.map(() => OTHER);
      if (series.size >= SERIES_MAX && key !== other.join('\0')) return find(other);
      found = { labelValues, values: new Float64Array(size) };
      series.set(key, found);
    }
    return found.values;
  };
  if (labelNames.length === 0) find([]);
  return (labelValues) => {
    if (labelValues.length !== labelNames.length) throw new Error(`${name} has the labels ${labelNames.join(', ')}`);
    return find(labelValues);
  };
}
