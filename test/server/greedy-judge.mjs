// A judging thread with a fault, which shows itself for sources with the file end.txt.
import { parentPort } from 'node:worker_threads';

parentPort.on('message', ({ files }) => {
  if (files.has('end.txt')) {
    const kept = [];
    for (;;) kept.push(Array.from({ length: 1_000_000 }, () => 0.5));
  }
  parentPort.postMessage({ facts: { findings: [], hasDependencies: true, whyNot: {} } });
});
