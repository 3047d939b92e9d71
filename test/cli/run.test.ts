import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { serveRepository } from '../git-repository.ts';
import { ON_BUN } from '../pod/bun/bun.ts';
import { startNpmRegistry } from '../pod/install/fake-registry.ts';
import { answering, get, Runs, writeFunction } from '../run/running-command.ts';

const runs = new Runs();
beforeAll(() => runs.open());
afterEach(() => runs.endAll());
afterAll(() => runs.remove());

describe('the examples, with real installations', () => {
  it.each([
    ['hello-node', ['Hello, you, from hello-node!', '2026-01-08']],
    ['hello-python', ['Hello, you, from hello-python!', '123.5 million']],
  ])('%s is installed and answers', async (name, parts) => {
    const command = await runs.run(['-f', `examples/${name}`, '--port', '0']);
    const answer = await get(`${await command.url()}?name=you`);
    for (const part of parts) expect(answer).toContain(part);
    expect(command.output).toMatch(/buildless-install: done \(/);
    expect(await command.interrupt()).toBe(130);
    expect(await command.leftovers()).toEqual([]);
  });

  it('explains with --verbose what this machine does not reproduce, before anything runs', async () => {
    const command = await runs.run(['-f', 'examples/hello-node', '--port', '0', '--verbose']);
    await command.until('buildless-prepare |');
    expect(command.output).toContain('no isolation');
    expect(command.output).toContain('cpu 800m, memory 1024Mi');
    if (!process.version.startsWith('v22.'))
      expect(command.output).toContain(`Node.js ${process.versions.node} of this machine`);
  });

  it('names in one line what this machine does not reproduce', async () => {
    const command = await runs.run(['-f', 'examples/hello-node', '--port', '0']);
    await command.until('buildless-prepare |');
    expect(command.output).toMatch(
      /^Not as in the Pod: \S.*, isolation, limits, probes, cluster \(--verbose explains\)$/m,
    );
    expect(command.output).not.toContain('no isolation');
  });
});

describe.skipIf(ON_BUN === undefined)('a Function of bun1', () => {
  const files = {
    'handler.ts': "enum Engine { Name = 'bun' }\nexports.main = () => Engine.Name + process.versions.bun;",
  };
  const env = { PATH: `${path.dirname(ON_BUN?.interpreter ?? '')}:${process.env.PATH ?? ''}` };

  it('runs on bun if that is on the PATH', async () => {
    const command = await runs.runFunction({ runtime: 'bun1', files }, ['--port', '0', '--verbose'], env);
    expect(await get(await command.url())).toMatch(/^bun1\.\d+\.\d+$/);
    expect(command.output).toMatch(/no image: Bun \S+ of this machine \(.*\/bun\) runs the Function/);
  });

  it('runs on Node.js otherwise, and says so', async () => {
    const plain = { 'handler.js': 'exports.main = () => String(process.versions.bun);' };
    const command = await runs.runFunction({ runtime: 'bun1', files: plain }, ['--port', '0'], {
      PATH: path.dirname(process.execPath),
    });
    expect(await get(await command.url())).toBe('undefined');
    expect(command.output).toMatch(/^Not as in the Pod: Bun, /m);
  });
});

describe('what goes wrong is told', () => {
  it('a port that is taken, before anything is installed', async () => {
    const other = createServer().listen(0);
    await once(other, 'listening');
    const address = other.address();
    const port = String(typeof address === 'object' ? address?.port : '');
    const command = await runs.runFunction({ files: answering('') }, ['--port', port]);
    expect(await command.ended()).toBe(2);
    expect(command.output).toContain(`port ${port} cannot be listened on`);
    expect(command.output).not.toContain('buildless-prepare |');
    other.close();
  });

  it('a syntax error in the handler: runs.file, line and code', async () => {
    const command = await runs.runFunction({ files: { 'handler.js': 'module.exports = {\n  main( => 1,\n};' } });
    expect(await command.ended()).toBe(1);
    expect(command.output).toMatch(/error: hello: \S+function\.yaml, line \d+ \(handler\.js, line 2\): SyntaxError/);
    expect(await command.leftovers()).toEqual([]);
  });

  it('a package that does not exist: the termination message of the installer', async () => {
    const files = { ...answering(''), 'package.json': '{"dependencies":{"@buildless-test/no-such-package":"1.0.0"}}' };
    const command = await runs.runFunction({ files });
    expect(await command.ended()).toBe(1);
    expect(command.output).toMatch(/error: buildless-install: .*@buildless-test\/no-such-package/);
  });

  it('a dependency of which npm would run programs, in package.json or further down', async () => {
    const repository = await serveRepository({ 'package.json': '{"name":"dependency","version":"1.0.0"}' });
    const archive = Buffer.from('x');
    const outer = { name: 'outer', version: '1.0.0', archive, dependencies: { dependency: repository.spec } };
    const registry = await startNpmRegistry([outer]);
    for (const dependencies of [{ dependency: repository.spec }, { outer: '1.0.0' }]) {
      const files = { ...answering(''), 'package.json': JSON.stringify({ dependencies }) };
      const command = await runs.runFunction({ files }, [], { npm_config_registry: registry.address });
      expect(await command.ended()).toBe(1);
      expect(command.output).toMatch(/comes from Git .* install scripts are denied/);
      expect(command.output).toContain('buildless.dev/install-scripts: allow');
    }
    await registry.close();
    await repository.close();
  });

  it('a Function that the webhook would refuse', async () => {
    const command = await runs.runFunction({ files: answering(''), runtime: 'nodejs21' });
    expect(await command.ended()).toBe(1);
    expect(command.output).toContain('unknown runtime "nodejs21"');
  });

  it('an image as the source', async () => {
    const annotations = { 'buildless.dev/source': 'image:registry.example/hello:1' };
    const command = await runs.runFunction({ files: answering(''), annotations });
    expect(await command.ended()).toBe(2);
    expect(command.output).toContain(
      'image:registry.example/hello:1 is an image, and this machine does not pull images',
    );
  });

  it('a registry Secret that is not in the input', async () => {
    const files = { ...answering(''), 'package.json': '{"dependencies":{"dayjs":"1.11.13"}}' };
    const command = await runs.runFunction({ files, annotations: { 'buildless.dev/registry': 'npm' } });
    expect(await command.ended()).toBe(2);
    expect(command.output).toContain('the Secret npm is not in the input');
  });

  it.each([
    ['no Function', [], 'no Pod template of the input carries the label buildless.dev/function'],
    ['another name', ['--function', 'hallo'], 'the input has no Function "hallo"'],
    ['--port with a command', ['--port', '1234'], 'has a command of its own, which cannot be given a port'],
    ['--watch of standard input', ['-f', '-', '--watch'], 'the standard input cannot be watched'],
  ])('%s', async (what, args, message) => {
    await writeFunction(runs.file, { files: answering(''), container: { command: ['node', '--version'] } });
    if (what === 'no Function') await writeFile(runs.file, 'apiVersion: v1\nkind: Namespace\nmetadata: { name: x }\n');
    const command = await runs.run(['-f', runs.file, ...args]);
    expect(await command.ended()).toBe(2);
    expect(command.output).toContain(message);
  });
});

describe('a container with a command of its own', () => {
  it('runs in its folder, with its env, and gives its exit status', async () => {
    const script = `
      console.log(process.cwd().endsWith('/function'), process.env.GREETING, process.env.WHO, process.argv.slice(1).join(' '));
      process.exit(7);`;
    const command = await runs.runFunction(
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
      ['--verbose'],
    );
    expect(await command.ended()).toBe(7);
    expect(command.output).toMatch(
      /hello \| true hi hi \$\(UNKNOWN\) \S+\/job\.js hi \$\(GREETING\) --out=\S+\/volumes\/buildless-tmp\/x\n/,
    );
    expect(command.output).toContain('variable not set: TOKEN: the Secret absent is not in the input');
    expect(command.output).toContain('hello ended with status 7');
  });

  it('finds the installed packages in Python, whatever the interpreter is called', async () => {
    const command = await runs.runFunction(
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
    const command = await runs.runFunction(
      { files: answering(''), container: { command: ['/usr/bin/no-such-program'] } },
      [],
    );
    expect(await command.ended()).toBe(1);
    expect(command.output).toContain('cannot be started (ENOENT)');
  });
});
