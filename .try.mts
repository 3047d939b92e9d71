import { bundlePodPrograms, runInPod } from './test/pod/prepare/pod-programs.ts';
import { mkdtemp, chmod } from 'node:fs/promises';
const programs = await bundlePodPrograms();
const [from, language, ...flags] = process.argv.slice(2);
const root = await mkdtemp('/tmp/wt-try/root-'); await chmod(root, 0o777);
const end = await runInPod({ command: process.execPath, args: [programs + '/prepare.mjs', '--source=configmap:hello', `--language=${language}`, `--root=${root}`, `--from=${from}`, '--level=no-latest', '--timeout=120', ...flags], env: { BUILDLESS_TOOLS: process.env.TOOLS ?? '' } });
console.log(end, root);
