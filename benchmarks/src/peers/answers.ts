import { Connection } from '@temporalio/client';

/** Whether the server of a port answers GetSystemInfo. */
export async function answersTemporal(port: number): Promise<boolean> {
  const connection = await Connection.connect({ address: `127.0.0.1:${port}` });
  await connection.close();
  return true;
}
