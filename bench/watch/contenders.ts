/** What serves a file and follows its edits. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';

export interface Contender {
  readonly title: string;
  /** Writes the file so that it answers `vVERSION`. */
  readonly save: (version: number) => void;
  readonly ask: () => Promise<string>;
  /** Until now; undefined if it leaves the work to processes that go on. */
  readonly cpuMilliseconds: () => number | undefined;
  readonly end: () => Promise<void>;
}

interface Served {
  readonly title: string;
  readonly file: string;
  readonly code: (version: number) => string;
}

export const buildlessRun = ({ runtime, ...served }: Served & { readonly runtime: string }): Promise<Contender> =>
  serve(served, {
    args: (folder) => ['dist/buildless.mjs', 'run', '-f', folder, '--runtime', runtime, '--port', '0', '--watch'],
    url: /answers at (http:\S+)/,
    countsCpu: true,
  });

const WRANGLER = '4.86.0';

/** https://developers.cloudflare.com/workers/wrangler/, in a folder that is kept; or why it cannot be had. */
export async function wranglerDev(): Promise<Contender | { readonly missing: string }> {
  const kept = path.join(homedir(), '.cache/buildless/bench', `wrangler-${WRANGLER}`);
  const program = path.join(kept, 'node_modules/wrangler/bin/wrangler.js');
  try {
    mkdirSync(kept, { recursive: true });
    const install = ['install', '--no-audit', '--no-fund', '--prefix', kept, `wrangler@${WRANGLER}`];
    if (!existsSync(program)) execFileSync('npm', install, { stdio: 'ignore' });
    return await serve(
      {
        title: `wrangler dev ${WRANGLER}`,
        file: 'index.js',
        code: (version) => `export default { fetch: () => new Response('v${version}') };\n`,
      },
      {
        args: (folder) => [
          program,
          'dev',
          'index.js',
          '--cwd',
          folder,
          '--port',
          '0',
          '--compatibility-date',
          '2025-01-01',
        ],
        url: /Ready on (http:\S+)/,
        countsCpu: false,
      },
    );
  } catch (error) {
    return { missing: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) };
  }
}

async function serve(
  { title, file, code }: Served,
  how: { readonly args: (folder: string) => readonly string[]; readonly url: RegExp; readonly countsCpu: boolean },
): Promise<Contender> {
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-bench-'));
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  writeFileSync(path.join(folder, file), code(0));
  const child = spawn(process.execPath, how.args(folder), {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: '1' },
  });
  const url = await urlOf(child, how.url);
  return {
    title,
    save: (version) => {
      writeFileSync(path.join(folder, file), code(version));
    },
    ask: () => ask(url, agent),
    cpuMilliseconds: () => (how.countsCpu ? cpuOf(child) : undefined),
    end: async () => {
      agent.destroy();
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function urlOf(child: ChildProcess, pattern: RegExp): Promise<string> {
  let output = '';
  return await new Promise((resolve, reject) => {
    child.on('exit', () => {
      reject(new Error(`the command ended:\n${output}`));
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const url = pattern.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}

/** What it answers; a connection that an edit ends counts as no answer. */
async function ask(url: string, agent: http.Agent): Promise<string> {
  return await new Promise((resolve) => {
    http
      .get(
        url,
        { agent },
        (response) =>
          void text(response).then(resolve, () => {
            resolve('');
          }),
      )
      .on('error', () => {
        resolve('');
      });
  });
}

/** proc_pid_stat(5): user and system time of a process and of its children that have ended, in ticks of 10 ms; Linux only. */
function cpuOf({ pid = 0 }: ChildProcess): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * 10, 0);
}
