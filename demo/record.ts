/**
 * `npm run record`: follows docs/tutorial.md on a real node, as test/node/tutorial.test.ts does, and writes what a terminal shows
 * meanwhile: docs/tutorial.cast for asciinema, docs/tutorial.svg for a page.
 */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { choose } from '../test/cluster/given.ts';
import { installWithResolver } from '../test/cluster/installed-both.ts';
import { kubectl } from '../test/cluster/kubectl.ts';
import { findPrograms } from '../test/cluster/kubernetes/programs.ts';
import { blockOf, Reader } from '../test/docs/tutorial.ts';
import { keptNode, startNode } from '../test/node/machine/node.ts';
import { whyNoNode } from '../test/node/machine/requirements.ts';
import { writeCast } from './terminal/cast.ts';
import { Recording } from './terminal/recording.ts';
import { writeSvg } from './terminal/svg.ts';

const SIZE = { columns: 110, rows: 28 };
/** Prints pages of YAML. */
const UNSEEN = / -o (?:yaml|diff)$/;

const say = (line: string): void => {
  console.error(line);
};
const reason = whyNoNode();
const programs = reason === undefined ? await findPrograms(say) : { reason };
if ('reason' in programs) {
  say(`it cannot be recorded here: ${programs.reason}`);
  process.exit(1);
}
const kept = await keptNode(say);
const node = kept === undefined ? await startNode(programs, say) : { record: kept, stop: () => Promise.resolve() };
const { kubeconfig, auditLog } = node.record;
choose({ kubeconfig, kubectl: programs.kubectl, controllers: true, disposable: true, auditLog });
const folder = await mkdtemp(path.join(tmpdir(), 'buildless-record-'));
const scrub = (text: string): string =>
  text
    .replaceAll(`${folder}/hello`, '~/hello')
    .replaceAll(folder, '~')
    .replaceAll(/localhost:\d+/g, 'localhost:8080');
const recording = new Recording(scrub);
const reader = await openReader();
try {
  const installed = await installWithResolver();
  try {
    const prepare = blockOf('1. ', 'sh', 'kubectl create namespace').code.replace('buildless doctor\n', '');
    await reader.type(prepare);
    await reader.follow('2. ');
    await reader.follow('3. ');
    await reader.endRun();
    for (const heading of ['4. ', '5. ', '6. ', '7. ']) await reader.follow(heading);
  } finally {
    await reader.endRun();
    await kubectl(['delete', 'namespace', 'shop', '--ignore-not-found', '--wait=false']);
    await installed.close();
  }
  const seconds = recording.end();
  await save('docs/tutorial.cast', writeCast(recording.shown, SIZE));
  await save('docs/tutorial.svg', writeSvg(recording.shown, seconds, SIZE));
} finally {
  await rm(folder, { recursive: true, force: true });
  await node.stop();
}

async function openReader(): Promise<Reader> {
  const copy = path.join(folder, 'kubeconfig');
  await copyFile(kubeconfig, copy);
  const PATH = `${path.dirname(kubectlProgram())}${path.delimiter}${process.env.PATH ?? ''}`;
  return new Reader(
    folder,
    { KUBECONFIG: copy, PATH },
    {
      onCommand: (command) => {
        recording.command(command, UNSEEN.test(command));
      },
      onEdit: (file, removed, added) => {
        recording.edit(file, removed, added);
      },
      onOutput: (chunk) => {
        recording.output(chunk);
      },
      asTerminal: (command) => `script -qefc 'stty cols ${SIZE.columns}; ${command}' /dev/null`,
    },
  );
}

function kubectlProgram(): string {
  if ('reason' in programs) throw new Error(programs.reason);
  return programs.kubectl;
}

/** @throws if something of this machine is in it */
async function save(file: string, content: string): Promise<void> {
  const own = [folder, process.cwd(), hostname(), tmpdir()].find((each) => content.includes(each));
  if (own !== undefined) throw new Error(`${file} would have "${own}" in it`);
  await writeFile(file, content);
  say(`${file}: ${Math.round(content.length / 1024)} KiB`);
}
