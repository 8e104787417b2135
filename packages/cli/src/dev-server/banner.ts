import { hostAndPort } from './address.ts';

export interface BannerOptions {
  readonly version: string;
  readonly address: string;
  readonly port: number;
  readonly metricsPort: number;
  readonly file: string | undefined;
}

const LABEL_WIDTH = 21;

/** What the official command prints once it serves (temporalio/cli, commands.server.go), of the parts that there are. */
export function banner({ version, address, port, metricsPort, file }: BannerOptions): string {
  const lines = [
    ['Temporal Server:', hostAndPort(address, port)],
    ['Temporal Persistence:', file ?? 'in-memory'],
    ['Temporal Metrics:', `http://${hostAndPort(address, metricsPort)}/metrics`],
  ];
  return `Temporal CLI ${version}\n\n${lines.map(([label = '', value = '']) => `${label.padEnd(LABEL_WIDTH)} ${value}\n`).join('')}`;
}
