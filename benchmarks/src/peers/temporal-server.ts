import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { temporalPrograms } from '../load/temporal/programs.ts';
import { durationOf } from '../load/temporal/wire.ts';
import { answersTemporal } from './answers.ts';
import { findInGoFolder, findOnPath } from './find-program.ts';
import type { Peer } from './peer.ts';

/** Its parts read the list of namespaces so often. Temporal: namespace registry, refreshInterval 10 s. */
const NAMESPACE_REFRESH_MS = 11_000;
const RETENTION_MS = 24 * 3_600_000;

/** Temporal's own server (`go install go.temporal.io/server/cmd/server`), all of its parts in one process, on a file. */
export const temporalServer: Peer = {
  name: 'Temporal server',
  slowness: 4,
  // These fill a store of ours without its server.
  leavesOut: ['lists', 'retention', 'batch'],
  find: () => {
    const command = findOnPath('temporal-server') ?? findInGoFolder('server');
    if (command === undefined) return undefined;
    return {
      launch: (folder, port) => {
        const storeFolder = join(folder, 'store');
        mkdirSync(storeFolder, { recursive: true });
        writeFileSync(join(folder, 'bench.yaml'), JSON.stringify(configuration(storeFolder, port)));
        const place = ['--root', folder, '--config', '.', '--env', 'bench'];
        const args = [...place, '--allow-no-auth', 'start'];
        return { command, args, port, storeFolder, isServing: answersTemporal };
      },
      prepare: registerDefault,
      programs: temporalPrograms,
    };
  },
};

async function registerDefault(address: string): Promise<void> {
  const connection = await Connection.connect({ address });
  const workflowExecutionRetentionPeriod = durationOf(RETENTION_MS);
  await connection.workflowService.registerNamespace({ namespace: 'default', workflowExecutionRetentionPeriod });
  await connection.close();
  await delay(NAMESPACE_REFRESH_MS);
}

/** One node with one shard, as the official development server runs it. JSON is YAML too. */
function configuration(folder: string, port: number): object {
  const service = (offset: number, more: object = {}): object => ({
    rpc: { grpcPort: port + offset, membershipPort: port + 10 + offset, bindOnLocalHost: true, ...more },
  });
  return {
    log: { stdout: true, level: 'fatal' },
    persistence: {
      defaultStore: 'main',
      visibilityStore: 'visibility',
      numHistoryShards: 1,
      datastores: { main: store(join(folder, 'main.db')), visibility: store(join(folder, 'visibility.db')) },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: {
      frontend: service(0, { httpPort: port + 20 }),
      history: service(1),
      matching: service(2),
      worker: service(3),
    },
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend', rpcAddress: `127.0.0.1:${port}` },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
  };
}

/** SQLite as durable as ours: every commit is on the disk before it is answered. */
function store(file: string): object {
  return {
    sql: {
      user: '',
      password: '',
      pluginName: 'sqlite',
      databaseName: file,
      connectAddr: 'localhost',
      connectProtocol: 'tcp',
      connectAttributes: { mode: 'rwc', setup: 'true', journal_mode: 'wal', synchronous: '2' },
      maxConns: 1,
      maxIdleConns: 1,
      maxConnLifetime: '1h',
    },
  };
}
