import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Log } from 'sarif';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { COMMAND, ROOT, type Finished } from '../cli/command.ts';
import { at, listAt } from '../installation/shipped.ts';
import { startRegistry, type FakeRegistry } from '../pod/install/fake-registry.ts';
import { goProgram } from '../programs/go-program.ts';

const ACTION = '.github/actions/validate';
const action: unknown = parse(readFileSync(path.join(ROOT, ACTION, 'action.yml'), 'utf8'));
const steps = listAt(action, 'runs', 'steps');
const scriptOf = (id: string): string =>
  String(
    at(
      steps.find((step) => at(step, 'id') === id),
      'run',
    ),
  );

let top = '';
let server: FakeRegistry;
let sha256 = '';
beforeAll(async () => {
  top = await mkdtemp(path.join(tmpdir(), 'buildless-pipelines-'));
  mkdirSync(path.join(top, 'tarball/package'), { recursive: true });
  cpSync(path.dirname(COMMAND), path.join(top, 'tarball/package/dist'), { recursive: true });
  execFileSync('tar', ['-czf', path.join(top, 'buildless.tgz'), '-C', path.join(top, 'tarball'), 'package']);
  const content = readFileSync(path.join(top, 'buildless.tgz'));
  sha256 = createHash('sha256').update(content).digest('hex');
  server = await startRegistry((_, response) => response.end(content));
});
afterAll(async () => {
  await server.close();
  await rm(top, { recursive: true, force: true });
});

async function bash(script: string, env: Readonly<Record<string, string>>, cwd = ROOT): Promise<Finished> {
  const child = spawn('bash', ['-c', script], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { status, stdout, stderr };
}

/** Runs a step of the action as a runner does: inputs are in variables, outputs in a file. */
async function step(
  id: string,
  env: Readonly<Record<string, string>>,
): Promise<Finished & { readonly outputs: string }> {
  const output = path.join(await mkdtemp(path.join(top, 'output-')), 'output');
  await writeFile(output, '');
  const paths = { GITHUB_OUTPUT: output, RUNNER_TEMP: top, GITHUB_ACTION_PATH: path.join(ROOT, ACTION) };
  const end = await bash(scriptOf(id), { ...paths, ...env });
  return { ...end, outputs: readFileSync(output, 'utf8') };
}

const DEFAULTS = { COMMAND, FILES: '.', RECURSIVE: 'true', LEVEL: '', CONFIG: '' };

describe('the action for GitHub', () => {
  it('takes the command that its own ref builds, and asks no registry for a name', async () => {
    const { status, outputs } = await step('install', { URL: '', SHA256: '' });
    expect({ status, outputs }).toEqual({ status: 0, outputs: `command=${COMMAND}\n` });
    expect(scriptOf('install')).toContain('npm ci');
    expect(scriptOf('install')).not.toMatch(/npm (?:install|i|exec)|npx/);
  });

  it('takes the tarball of a release only with its digest', async () => {
    const url = `${server.address}buildless.tgz`;
    const wrong = await step('install', { URL: url, SHA256: '' });
    expect({ status: wrong.status, outputs: wrong.outputs }).toEqual({ status: 1, outputs: '' });
    expect(wrong.stdout).toContain(`::error::the tarball has the digest ${sha256}`);
    const { status, outputs } = await step('install', { URL: url, SHA256: sha256 });
    expect(status).toBe(0);
    const command = outputs.trim().replace('command=', '');
    expect(
      execFileSync(process.execPath, [command, 'validate', '-f', 'examples/hello-node'], {
        cwd: ROOT,
        encoding: 'utf8',
      }),
    ).toContain('Nothing found');
  });

  it('fails with the findings in the log and in SARIF, with paths from the root of the repository', async () => {
    const { status, stdout, outputs } = await step('validate', {
      ...DEFAULTS,
      FILES: 'examples/floating\nexamples/hello-node\n',
    });
    expect(status).toBe(1);
    expect(stdout).toContain('examples/floating/function.yaml:15:18: error:');
    const log = JSON.parse(readFileSync(outputs.trim().replace('sarif=', ''), 'utf8')) as Log;
    const places = log.runs[0]?.results?.map(
      ({ locations }) => locations?.[0]?.physicalLocation?.artifactLocation?.uri,
    );
    expect(places).toEqual(['examples/floating/function.yaml']);
  });

  it('passes if nothing would be refused, and takes a level', async () => {
    const files = { ...DEFAULTS, FILES: 'examples/hello-node', RECURSIVE: 'false' };
    expect((await step('validate', files)).status).toBe(0);
    expect((await step('validate', { ...files, FILES: 'examples/floating', LEVEL: 'off' })).status).toBe(0);
  });

  it('has no SARIF to upload if the input is wrong', async () => {
    const { status, outputs } = await step('validate', { ...DEFAULTS, FILES: 'nowhere' });
    expect({ status, outputs }).toEqual({ status: 2, outputs: '' });
    const upload = steps.find((each) => String(at(each, 'uses')).includes('upload-sarif'));
    expect(at(upload, 'if')).toContain('always()');
    expect(at(upload, 'if')).toContain("steps.validate.outputs.sarif != ''");
  });

  it('passes no input through the text of a script, and names each action by a commit', () => {
    for (const each of steps) {
      const run = at(each, 'run');
      if (run !== undefined) expect(run).not.toContain('${{');
      const uses = at(each, 'uses');
      if (uses !== undefined) expect(uses).toMatch(/^[\w-]+(?:\/[\w-]+)+@[0-9a-f]{40}$/);
    }
  });

  it('is called in docs/pipelines.md by a workflow that actionlint passes', { timeout: 900_000 }, async (context) => {
    const program = await goProgram('actionlint');
    if (typeof program !== 'string') {
      context.skip(program.reason);
      return;
    }
    const page = readFileSync(path.join(ROOT, 'docs/pipelines.md'), 'utf8');
    const workflow = /```yaml\n(# \.github\/workflows[\s\S]*?)```/.exec(page)?.[1] ?? '';
    const folder = path.join(top, 'repository');
    mkdirSync(path.join(folder, '.github/workflows'), { recursive: true });
    mkdirSync(path.join(folder, '.git'));
    cpSync(path.join(ROOT, ACTION), path.join(folder, ACTION), { recursive: true });
    const local = workflow.replace(/buildless-dev\/buildless\/(\S+)@main/, './$1');
    expect(local).toContain(`uses: ./${ACTION}`);
    await writeFile(path.join(folder, '.github/workflows/functions.yml'), local);
    const { status, stdout } = await bash(`"${program}" -no-color -shellcheck= -pyflakes=`, {}, folder);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});

describe('the hook for pre-commit', () => {
  const [hook] = listAt(parse(readFileSync(path.join(ROOT, '.pre-commit-hooks.yaml'), 'utf8')));

  it('runs validate over all of its input, and fails if something would be refused', async () => {
    expect({ language: at(hook, 'language'), pass: at(hook, 'pass_filenames') }).toEqual({
      language: 'script',
      pass: false,
    });
    // pre-commit looks for it in its clone.
    const entry = `${path.join(ROOT, String(at(hook, 'entry')))} ${listAt(hook, 'args').join(' ')}`;
    const refused = await bash(entry, {}, path.join(ROOT, 'examples/floating'));
    expect(refused.status).toBe(1);
    expect(refused.stdout).toContain('function.yaml:15:18: error:');
    expect((await bash(entry, {}, path.join(ROOT, 'examples/hello-node'))).status).toBe(0);
  });

  it('sees the files that make a Function, and no others', () => {
    // Python's verbose form, in which nothing else of the expression differs.
    const files = new RegExp(String(at(hook, 'files')).replace('(?x)', ''));
    for (const file of [
      'deploy/shop.yaml',
      'a/package.json',
      'requirements-dev.txt',
      'pylock.toml',
      'handler.mjs',
      'x.py',
    ])
      expect(file).toMatch(files);
    for (const file of ['README.md', 'notes.txt', 'logo.svg']) expect(file).not.toMatch(files);
  });
});

describe('the job for GitLab', () => {
  const job: unknown = at(
    parse(readFileSync(path.join(ROOT, 'integrations/gitlab/buildless.gitlab-ci.yml'), 'utf8')),
    'buildless',
  );
  const script = listAt(job, 'script').join('\n');

  it('fails with a code quality report, each finding with a fingerprint of its own', async () => {
    const folder = path.join(top, 'gitlab');
    mkdirSync(folder);
    cpSync(path.join(ROOT, 'examples/floating'), path.join(folder, 'deploy'), { recursive: true });
    const variables = {
      BUILDLESS_URL: server.address,
      BUILDLESS_SHA256: sha256,
      BUILDLESS_FILES: 'deploy',
      BUILDLESS_LEVEL: 'exact',
    };
    const { status, stdout } = await bash(`set -eo pipefail\n${script.replaceAll('/tmp', folder)}`, variables, folder);
    expect(status).toBe(1);
    expect(stdout).toContain('deploy/function.yaml:15:18: error:');
    const report = JSON.parse(
      readFileSync(path.join(folder, String(at(job, 'artifacts', 'reports', 'codequality'))), 'utf8'),
    ) as {
      fingerprint: string;
    }[];
    expect(report[0]).toMatchObject({
      check_name: 'dependencies-float',
      severity: 'major',
      location: { path: 'deploy/function.yaml', lines: { begin: 15 } },
    });
    expect(new Set(report.map(({ fingerprint }) => fingerprint)).size).toBe(report.length);
  });

  it('stops at a tarball with another digest', async () => {
    const variables = {
      BUILDLESS_URL: server.address,
      BUILDLESS_SHA256: '0'.repeat(64),
      BUILDLESS_FILES: '.',
      BUILDLESS_LEVEL: 'exact',
    };
    const { status } = await bash(`set -eo pipefail\n${script.replaceAll('/tmp', top)}`, variables, top);
    expect(status).not.toBe(0);
  });
});
