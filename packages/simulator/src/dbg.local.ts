import { Simulation } from '/work/main/packages/simulator/src/simulation.ts';
import { enumName } from '@perdure/core';
import { EventType } from '@perdure/proto/enums';
const [seed, wf] = process.argv.slice(2);
const sim = new Simulation({ seed: Number(seed), steps: 2500 });
const unhandled = (e: unknown) => sim.scheduler.fail(e); process.on('unhandledRejection', unhandled);
try { await sim.run(); } catch (e) { console.log(String(e instanceof Error ? e.stack : e).slice(0, 1500)); }
for (const r of sim.log.runs) {
  if (!`${r.identity.id}/${r.identity.runId}`.includes(wf ?? '')) continue;
  console.log('==', r.identity.id, r.identity.runId, 'shard', r.shard, JSON.stringify(r.shadow.task));
  for (const e of r.events) { const { eventId, eventTime, eventType, taskId, version, ...rest } = e as any; console.log(eventId, (eventTime.seconds * 1000 + eventTime.nanos / 1e6) - 1700000000000, enumName(EventType, eventType), JSON.stringify(Object.values(rest)[0], (k, v) => v instanceof Uint8Array ? new TextDecoder().decode(v) : v).slice(0, Number(process.argv[4] ?? 160))); }
  console.log('buffer', r.shadow.buffer.length);
}
