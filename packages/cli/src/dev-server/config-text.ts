import type { DevServerOptions } from './options.ts';

/** What `--log-config` prints: the configuration in force, as JSON. */
export function configText(options: DevServerOptions): string {
  const { address, port, httpPort, ui, metricsPort, file, pragmas, namespaces, searchAttributes, dynamicConfigValues } =
    options;
  const config = {
    grpc: { ip: address, port },
    http: { ip: address, port: httpPort },
    ui: ui ?? null,
    metrics: { ip: address, port: metricsPort },
    persistence: { file: file ?? null, pragmas: Object.fromEntries(pragmas) },
    namespaces,
    searchAttributes: Object.fromEntries(searchAttributes),
    dynamicConfig: dynamicConfigValues,
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
