// A judging thread with a fault, which shows itself for sources with the file end.txt.
import { parentPort } from 'node:worker_threads';

parentPort.on('message', ({ files }) => {
  if (files.has('end.txt')) {
    parentPort.postMessage({ fault: 'Error: broken' });
    return;
  }
  parentPort.postMessage({ facts: { findings: [], hasDependencies: true, whyNot: {} } });
});
