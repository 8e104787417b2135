import { hostAndPort } from '../server-process/address.ts';

export interface BannerPorts {
  readonly port: number;
  /** Undefined: not shown, here and for the UI. */
  readonly httpPort: number | undefined;
  readonly ui: { readonly address: string; readonly port: number; readonly publicPath: string } | undefined;
  readonly metricsPort: number;
}

export interface BannerOptions extends BannerPorts {
  readonly version: string;
  readonly address: string;
  readonly file: string | undefined;
}

const LABEL_WIDTH = 21;

/** What the official command prints once it serves (temporalio/cli, commands.server.go), of the parts that there are. */
export function banner({ version, address, port, httpPort, ui, metricsPort, file }: BannerOptions): string {
  const lines = [
    ['Temporal Server:', hostAndPort(address, port)],
    ['Temporal Persistence:', file ?? 'in-memory'],
    ...(httpPort === undefined ? [] : [['Temporal HTTP:', hostAndPort(address, httpPort)]]),
    ...(ui === undefined ? [] : [['Temporal UI:', `http://${hostAndPort(ui.address, ui.port)}${ui.publicPath}`]]),
    ['Temporal Metrics:', `http://${hostAndPort(address, metricsPort)}/metrics`],
  ];
  return `Temporal CLI ${version}\n\n${lines.map(([label = '', value = '']) => `${label.padEnd(LABEL_WIDTH)} ${value}\n`).join('')}`;
}
