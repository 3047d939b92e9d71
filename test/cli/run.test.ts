import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RunningCommand, writeFunction, type FunctionFiles } from '../run/running-command.ts';

const running: RunningCommand[] = [];
let folder = '';
let file = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-run-files-'));
  file = path.join(folder, 'function.yaml');
});
afterEach(async () => {
  for (const command of running.splice(0)) await command.dispose();
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function run(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<RunningCommand> {
  const command = await RunningCommand.start(args, env);
  running.push(command);
  return command;
}

async function runFunction(files: FunctionFiles, args: readonly string[] = ['--port', '0']): Promise<RunningCommand> {
  await writeFunction(file, files);
  return run(['-f', file, ...args]);
}

const get = async (url: string): Promise<string> => (await fetch(url)).text();
const answering = (text: string): Record<string, string> => ({
  'handler.js': `module.exports = { main: () => ${JSON.stringify(text)} };`,
});

describe('the examples, with real installations', () => {
  it.each([
    ['hello-node', ['Hello, you, from hello-node!', '2026-01-08']],
    ['hello-python', ['Hello, you, from hello-python!', '123.5 million']],
  ])('%s is installed and answers', async (name, parts) => {
    const command = await run(['-f', `examples/${name}`, '--port', '0']);
    const answer = await get(`${await command.url()}?name=you`);
    for (const part of parts) expect(answer).toContain(part);
    expect(command.output).toMatch(/buildless-install: done \(/);
    expect(await command.interrupt()).toBe(130);
    expect(await command.leftovers()).toEqual([]);
  });

  it('says what this machine does not reproduce before anything runs', async () => {
    const command = await run(['-f', 'examples/hello-node', '--port', '0']);
    await command.until('buildless-prepare |');
    expect(command.output).toContain('no isolation');
    expect(command.output).toContain('cpu 800m, memory 1024Mi');
    if (!process.version.startsWith('v22.'))
      expect(command.output).toContain(`Node.js ${process.versions.node} of this machine`);
  });
});

describe('Ctrl-C', () => {
  const SPAWNING = `
    const { spawn } = require('node:child_process');
    spawn('sleep', ['600'], { stdio: 'ignore' });
    spawn('sleep', ['600'], { stdio: 'ignore', detached: true }).unref();
    module.exports = { main: () => 'up' };`;

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s leaves no process and no file', async (signal) => {
    const command = await runFunction({ files: { 'handler.js': SPAWNING } });
    await command.url();
    expect((await command.processes()).filter((line) => line.startsWith('sleep'))).toHaveLength(2);
    expect(await command.interrupt(signal)).toBe({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal]);
    expect(await command.processes()).toEqual([]);
    expect(await command.leftovers()).toEqual([]);
  });

  it('kills what does not end within the grace of the Pod', async () => {
    const stubborn = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('running')`;
    const command = await runFunction(
      {
        files: answering(''),
        container: { command: ['node', '-e', stubborn] },
        spec: { terminationGracePeriodSeconds: 1 },
      },
      [],
    );
    await command.until('hello | running');
    expect(await command.interrupt()).toBe(130);
    expect(await command.processes()).toEqual([]);
  });

  it('a second one does not wait', async () => {
    const stubborn = `process.on('SIGTERM', () => console.log('asked')); setInterval(() => {}, 1000); console.log('running')`;
    const command = await runFunction({ files: answering(''), container: { command: ['node', '-e', stubborn] } }, []);
    await command.until('hello | running');
    command.child.kill('SIGINT');
    await command.until('hello | asked');
    expect(await command.interrupt()).toBe(130);
    expect(await command.processes()).toEqual([]);
  });

  it('ends an installation that hangs', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const registry = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
    const files = { ...answering(''), 'package.json': '{"dependencies":{"dayjs":"1.11.13"}}' };
    await writeFunction(file, { files });
    const command = await run(['-f', file, '--port', '0'], { npm_config_registry: registry });
    await command.until('installing with npm');
    expect(await command.interrupt()).toBe(130);
    expect(await command.processes()).toEqual([]);
    expect(await command.leftovers()).toEqual([]);
    silent.close();
  });
});

describe('what goes wrong is told', () => {
  it('a port that is taken, before anything is installed', async () => {
    const other = createServer().listen(0);
    await once(other, 'listening');
    const address = other.address();
    const port = String(typeof address === 'object' ? address?.port : '');
    const command = await runFunction({ files: answering('') }, ['--port', port]);
    expect(await command.ended()).toBe(2);
    expect(command.output).toContain(`port ${port} cannot be listened on`);
    expect(command.output).not.toContain('buildless-prepare |');
    other.close();
  });

  it('a syntax error in the handler: file, line and code', async () => {
    const command = await runFunction({ files: { 'handler.js': 'module.exports = {\n  main( => 1,\n};' } });
    expect(await command.ended()).toBe(1);
    expect(command.output).toMatch(/error: hello: handler\.js, line 2: SyntaxError/);
    expect(await command.leftovers()).toEqual([]);
  });

  it('a package that does not exist: the termination message of the installer', async () => {
    const files = { ...answering(''), 'package.json': '{"dependencies":{"@buildless-test/no-such-package":"1.0.0"}}' };
    const command = await runFunction({ files });
    expect(await command.ended()).toBe(1);
    expect(command.output).toMatch(/error: buildless-install: .*@buildless-test\/no-such-package/);
  });

  it('a Function that the webhook would refuse', async () => {
    const command = await runFunction({ files: answering(''), runtime: 'nodejs21' });
    expect(await command.ended()).toBe(1);
    expect(command.output).toContain('there is no runtime "nodejs21"');
  });

  it('an image as the source', async () => {
    const annotations = { 'buildless.dev/source': 'image:registry.example/hello:1' };
    const command = await runFunction({ files: answering(''), annotations });
    expect(await command.ended()).toBe(2);
    expect(command.output).toContain(
      'image:registry.example/hello:1 is an image, and this machine does not pull images',
    );
  });

  it('a registry Secret that is not in the input', async () => {
    const files = { ...answering(''), 'package.json': '{"dependencies":{"dayjs":"1.11.13"}}' };
    const command = await runFunction({ files, annotations: { 'buildless.dev/registry': 'npm' } });
    expect(await command.ended()).toBe(2);
    expect(command.output).toContain('the Secret npm is not in the input');
  });

  it.each([
    ['no Function', [], 'no Pod template of the input carries the label buildless.dev/function'],
    ['another name', ['--function', 'hallo'], 'there is no Function "hallo"'],
    ['--port with a command', ['--port', '1234'], 'has a command of its own, which cannot be given a port'],
    ['--watch of standard input', ['-f', '-', '--watch'], 'the standard input cannot be watched'],
  ])('%s', async (what, args, message) => {
    await writeFunction(file, { files: answering(''), container: { command: ['node', '--version'] } });
    if (what === 'no Function') await writeFile(file, 'apiVersion: v1\nkind: Namespace\nmetadata: { name: x }\n');
    const command = await run(['-f', file, ...args]);
    expect(await command.ended()).toBe(2);
    expect(command.output).toContain(message);
  });
});

describe('--watch', () => {
  it('serves an edit of the code, and keeps the packages', async () => {
    const files = (text: string): Record<string, string> => ({
      'handler.js': `const ms = require('ms'); module.exports = { main: () => '${text} ' + ms(60000) };`,
      'package.json': '{"dependencies":{"ms":"2.1.3"}}',
    });
    const command = await runFunction({ files: files('first') }, ['--port', '0', '--watch']);
    const url = await command.url();
    expect(await get(url)).toBe('first 1m');
    let from = command.output.length;
    await writeFunction(file, { files: files('second') });
    await command.until('answers at', from);
    expect(await get(url)).toBe('second 1m');
    expect(command.output.slice(from)).toContain('packages kept');
    expect(command.output.slice(from)).not.toContain('installing with npm');

    from = command.output.length;
    const [edited] = [{ ...files('third'), 'package.json': '{"dependencies":{"ms":"2.1.2"}}' }];
    await writeFunction(file, { files: edited });
    await command.until('answers at', from);
    expect(await get(url)).toBe('third 1m');
    expect(command.output.slice(from)).toContain('installing with npm');
    expect(await command.interrupt()).toBe(130);
    expect(await command.processes()).toEqual([]);
  });

  it('keeps the Function up when an edit breaks the YAML, is refused, or cannot be installed', async () => {
    const command = await runFunction({ files: answering('good') }, ['--port', '0', '--watch']);
    const url = await command.url();
    const good = await readFile(file, 'utf8');
    for (const [bad, message] of [
      [`${good}\n  : [`, 'error:'],
      [good.replace('nodejs20', 'nodejs21'), 'there is no runtime "nodejs21"'],
      [
        good.replace('"handler.js"', '"package.json": "{\\"dependencies\\":{\\"ms\\":\\"9.9.9\\"}}", "handler.js"'),
        'error: buildless-install: ',
      ],
    ] as const) {
      const from = command.output.length;
      await writeFile(file, bad);
      await command.until('the hello before this edit stays up', from);
      expect(command.output.slice(from)).toContain(message);
      expect(await get(url)).toBe('good');
    }
  });

  it('waits for the next edit when the handler cannot be loaded', async () => {
    const command = await runFunction({ files: { 'handler.js': 'syntax error' } }, ['--port', '0', '--watch']);
    await command.until('hello is not up; waiting for an edit');
    await writeFunction(file, { files: answering('mended') });
    expect(await get(await command.url())).toBe('mended');
  });
});

describe('a container with a command of its own', () => {
  it('runs in its folder, with its env, and gives its exit status', async () => {
    const script = `
      console.log(process.cwd().endsWith('/function'), process.env.GREETING, process.env.WHO, process.argv.slice(1).join(' '));
      process.exit(7);`;
    const command = await runFunction(
      {
        files: { ...answering(''), 'job.js': script },
        container: {
          command: ['node', 'job.js', '$(GREETING)', '$$(GREETING)', '--out=/tmp/x'],
          env: [
            { name: 'GREETING', valueFrom: { configMapKeyRef: { name: 'words', key: 'greeting' } } },
            { name: 'WHO', value: '$(GREETING) $(UNKNOWN)' },
            { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'absent', key: 'token' } } },
          ],
        },
        more: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'words' }, data: { greeting: 'hi' } }],
      },
      [],
    );
    expect(await command.ended()).toBe(7);
    expect(command.output).toMatch(
      /hello \| true hi hi \$\(UNKNOWN\) \S+\/job\.js hi \$\(GREETING\) --out=\S+\/volumes\/buildless-tmp\/x\n/,
    );
    expect(command.output).toContain('variable not set: TOKEN: the Secret absent is not in the input');
    expect(command.output).toContain('hello ended with status 7');
  });

  it('finds the installed packages in Python, whatever the interpreter is called', async () => {
    const command = await runFunction(
      {
        runtime: 'python311',
        files: { 'job.py': 'import humanize; print(humanize.intcomma(12345))', 'requirements.txt': 'humanize==4.9.0' },
        container: { command: ['sh', '-c', 'python job.py'] },
      },
      [],
    );
    expect(await command.ended()).toBe(0);
    expect(command.output).toContain('hello | 12,345');
  });

  it('is told apart from a command that this machine does not have', async () => {
    const command = await runFunction(
      { files: answering(''), container: { command: ['/usr/bin/no-such-program'] } },
      [],
    );
    expect(await command.ended()).toBe(1);
    expect(command.output).toContain('cannot be started (ENOENT)');
  });
});
