/**
 * The dev loop: from saving a file to the first answer of the new code, under a client that polls over a kept connection, and the
 * CPU time that an edit costs on the whole (the command and the versions that it starts).
 *
 *   npm run bench -- watch [--quick] [-o json]
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { benchOptions } from './measure/options.ts';
import { print, progress } from './measure/report.ts';
import { median } from './measure/statistics.ts';

const { quick, json } = benchOptions();
const EDITS = quick ? 5 : 20;
/** Between two edits: the version before has ended by then. */
const PAUSE_MILLISECONDS = 4000;
const POLL_MILLISECONDS = 2;

interface Edit {
  readonly milliseconds: number;
  readonly cpuMilliseconds: number;
}

const LANGUAGES = {
  'Node.js': { runtime: 'nodejs22', file: 'handler.js', code: (n: number) => `exports.main = () => 'v${n}';\n` },
  Python: {
    runtime: 'python312',
    file: 'handler.py',
    code: (n: number) => `def main(event, context):\n    return 'v${n}'\n`,
  },
} as const;

const figures: Record<string, readonly Edit[]> = {};
for (const [title, language] of Object.entries(LANGUAGES)) {
  figures[title] = await measure(language);
  progress(`${EDITS} edits of ${title}`);
}
print(
  {
    tables: [
      {
        title: 'From saving a file to the new answer',
        columns: ['language', 'median', 'fastest', 'slowest', 'CPU time of an edit', 'target'],
        rows: Object.entries(figures).map(([title, edits]) => {
          const times = edits.map(({ milliseconds }) => milliseconds);
          const cpu = median(edits.map(({ cpuMilliseconds }) => cpuMilliseconds));
          return [
            title,
            ...[median(times), Math.min(...times), Math.max(...times), cpu].map((value) => `${value.toFixed(0)} ms`),
            '300 ms',
          ];
        }),
      },
    ],
    notes: [
      `${EDITS} edits of one file of a folder under "buildless run --watch", ${PAUSE_MILLISECONDS / 1000} s apart, asked every ${POLL_MILLISECONDS} ms over one connection. CPU time counts the command and all that it started until the next edit, the end of the version before included, and the polling as far as it passes through the command.`,
    ],
    figures,
  },
  json,
);

async function measure({ runtime, file, code }: (typeof LANGUAGES)[keyof typeof LANGUAGES]): Promise<readonly Edit[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-bench-'));
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  writeFileSync(path.join(folder, file), code(0));
  const args = ['dist/buildless.mjs', 'run', '-f', folder, '--runtime', runtime, '--port', '0', '--watch'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const url = await urlOf(child);
    const edits: Edit[] = [];
    for (let edit = 1; edit <= EDITS; edit += 1) {
      const cpu = cpuOf(child);
      const started = performance.now();
      writeFileSync(path.join(folder, file), code(edit));
      while ((await ask(url, agent)) !== `v${edit}`) await pause(POLL_MILLISECONDS);
      const milliseconds = performance.now() - started;
      await pause(PAUSE_MILLISECONDS);
      edits.push({ milliseconds, cpuMilliseconds: cpuOf(child) - cpu });
    }
    return edits;
  } finally {
    agent.destroy();
    child.kill('SIGTERM');
    await once(child, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function urlOf(child: ChildProcess): Promise<string> {
  let output = '';
  return await new Promise((resolve, reject) => {
    child.on('exit', () => {
      reject(new Error(`the command ended:\n${output}`));
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const url = /answers at (http:\S+)/.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}

async function ask(url: string, agent: http.Agent): Promise<string> {
  return await new Promise((resolve, reject) => {
    http.get(url, { agent }, (response) => void text(response).then(resolve, reject)).on('error', reject);
  });
}

/** proc_pid_stat(5): user and system time of a process and of its children that have ended, in ticks of 10 ms; Linux only. */
function cpuOf({ pid = 0 }: ChildProcess): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * 10, 0);
}
