// Keeps a node running, so that `npm run test:node` starts at once: `npx tsx test/node/keep.ts`, and Ctrl-C ends it.
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { findPrograms } from '../cluster/kubernetes/programs.ts';
import { startNode } from './machine/node.ts';
import { PLACE } from './machine/place.ts';
import { whyNoNode } from './machine/requirements.ts';

const reason = whyNoNode();
if (reason !== undefined) throw new Error(reason);
const programs = await findPrograms(console.log);
if ('reason' in programs) throw new Error(programs.reason);
const node = await startNode(programs, console.log);
writeFileSync(PLACE.recordFile, JSON.stringify(node.record));
console.log(`KUBECONFIG=${node.record.kubeconfig} ${programs.kubectl}`);
const alive = setInterval(() => undefined, 60_000);
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
clearInterval(alive);
await node.stop();
