import type { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

/** What a worker reports each minute, told here at once: nobody waits a minute for the first. */
export async function reportWorkers(client: Client): Promise<void> {
  const nowMs = Date.now();
  const at = (secondsAgo: number) => msToTs(nowMs - secondsAgo * 1000);
  await client.workflowService.recordWorkerHeartbeat({
    namespace: 'default',
    identity: 'till@shop',
    workerHeartbeat: [
      {
        workerInstanceKey: 'till-1',
        workerIdentity: 'till@shop',
        hostInfo: { hostName: 'shop', processId: '71', currentHostCpuUsage: 0.97, currentHostMemUsage: 0.41 },
        taskQueue: 'orders',
        deploymentVersion: { deploymentName: 'shop', buildId: '2026.8.1' },
        sdkName: 'temporal-typescript',
        sdkVersion: '1.24.0',
        status: 1,
        startTime: at(86_400),
        heartbeatTime: at(4),
        workflowTaskSlotsInfo: { currentAvailableSlots: 31, currentUsedSlots: 9, totalProcessedTasks: 12_840 },
        activityTaskSlotsInfo: { currentUsedSlots: 100, totalProcessedTasks: 40_112, totalFailedTasks: 96 },
        workflowPollerInfo: { currentPollers: 2, lastSuccessfulPollTime: at(5) },
        activityPollerInfo: { currentPollers: 5, lastSuccessfulPollTime: at(9) },
        totalStickyCacheHit: 9120,
        totalStickyCacheMiss: 244,
        currentStickyCacheSize: 187,
      },
    ],
  });
}
