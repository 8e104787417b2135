/**
 * A client of Restate's HTTP ingress.
 * usage: node client-process.ts FOLDER-WITH-THE-SDK PORT   (see carry-out.ts)
 */
import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { carryOutOrders } from '../carry-out.ts';
import { PORT_OFFSETS, SERVICE } from './ports.ts';

const ingress = `http://127.0.0.1:${Number(process.argv[3]) + PORT_OFFSETS.ingress}`;

carryOutOrders(async (workflow, activities) => {
  const answer = await fetch(`${ingress}/${SERVICE[workflow]}/${randomUUID()}/run`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(activities),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`Restate answered ${answer.status}: ${text}`);
});
