/** A registered metric with its series by joined label values. */
export interface Metric {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  /** Upper bounds of a histogram's buckets, without `+Inf`. */
  readonly bounds: readonly number[];
  readonly series: ReadonlyMap<string, { readonly labelValues: readonly string[]; readonly values: Float64Array }>;
}

/** The media type of what `renderMetrics` gives. */
export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const namePattern = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const labelPattern = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Throws where Prometheus would not take the names. */
export function assertMetricName(name: string, labelNames: readonly string[]): void {
  if (!namePattern.test(name)) throw new Error(`${JSON.stringify(name)} is no name for a metric`);
  for (const label of labelNames) {
    if (!labelPattern.test(label) || label === 'le') throw new Error(`${JSON.stringify(label)} is no name for a label`);
  }
}

/** Prometheus' text exposition format 0.0.4. */
export function renderMetrics(metrics: Iterable<Metric>): string {
  let text = '';
  for (const metric of metrics) {
    text += `# HELP ${metric.name} ${escapeHelp(metric.help)}\n# TYPE ${metric.name} ${metric.kind}\n`;
    for (const { labelValues, values } of metric.series.values()) {
      const labels = metric.labelNames.map((label, index) => `${label}="${escapeLabel(labelValues[index] ?? '')}"`);
      text +=
        metric.kind === 'histogram' ? histogramLines(metric, labels, values) : line(metric.name, labels, values[0]);
    }
  }
  return text;
}

function histogramLines({ name, bounds }: Metric, labels: readonly string[], values: Float64Array): string {
  let text = '';
  let count = 0;
  for (const [index, bound] of [...bounds, Infinity].entries()) {
    count += values[index] ?? 0;
    text += line(`${name}_bucket`, [...labels, `le="${numberText(bound)}"`], count);
  }
  return text + line(`${name}_sum`, labels, values[bounds.length + 1]) + line(`${name}_count`, labels, count);
}

function line(name: string, labels: readonly string[], value = 0): string {
  return `${name}${labels.length === 0 ? '' : `{${labels.join()}}`} ${numberText(value)}\n`;
}

function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
