import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchFastInstallers } from '../../scripts/fast-installers.mjs';
import { PATHS } from '../../src/function/keys.ts';
import { RUNTIMES } from '../../src/function/runtimes.ts';
import { RESOLVER_SOCKET } from '../../src/installation/names.ts';
import { createResolverClient } from '../../src/resolve/client.ts';
import { eventually } from '../eventually.ts';
import { startNpmRegistry } from '../pod/install/fake-registry.ts';
import { makeWheel, startIndex } from '../pod/install/python-index.ts';
import { failed, nodejs, python, resolved, untilStopped } from '../resolve/running-resolver.ts';
import { ROOT } from './shipped.ts';

const dockerfile = readFileSync(path.join(ROOT, 'deploy/Dockerfile'), 'utf8');

describe('deploy/Dockerfile', () => {
  it('ends in an image of nothing but our parts, run by a user without rights', () => {
    const stages = dockerfile.split(/^FROM /m);
    const last = stages.at(-1) ?? '';
    expect(last).toMatch(/^scratch$/m);
    expect(last).not.toMatch(/^RUN /m);
    expect(last).toMatch(/^USER 65532:65532$/m);
    expect(last).toContain(`COPY --from=build /src/dist/ ${PATHS.toolkit}/`);
    expect(last).toContain(`ENTRYPOINT ["/usr/bin/node", "${PATHS.toolkit}/buildless.mjs"]`);
  });

  it('takes the Node.js and each Python that is also a runtime, and no image that floats', () => {
    const images = Array.from(dockerfile.matchAll(/^FROM (?:--platform=\S+ )?(\S+)/gm), ([, image]) => image);
    const version = /:(\d+\.\d+\.\d+)/.exec(RUNTIMES.nodejs24?.image ?? '')?.[1] ?? '';
    const pythons = Object.values(RUNTIMES).filter(({ language }) => language === 'python');
    expect(images).toEqual([
      `docker.io/library/node:${version}-bookworm`,
      `docker.io/library/node:${version}-bookworm-slim`,
      ...pythons.map(({ image }) => image),
      'scratch',
    ]);
  });
});

/** What its ENV sets. */
const environmentOf = (file: string): Record<string, string> =>
  Object.fromEntries(
    (/^ENV ((?:.*\\\n)*.*)$/m.exec(file)?.[1] ?? '')
      .split(/\s+\\?\s*/)
      .map((pair) => pair.split('=') as [string, string]),
  );

/** Why the root of the image cannot be made here; undefined where it can. */
function missing(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root may chroot';
  for (const program of ['git', 'ssh', 'ldd', 'ldconfig', 'chroot', 'mknod', '/usr/bin/python3']) {
    if (spawnSync('which', [program], { stdio: 'ignore' }).status !== 0) return `${program} is not installed`;
  }
  return undefined;
}

describe('bytecode of the Python server in deploy/Dockerfile', () => {
  it.each(Object.entries(RUNTIMES).filter(([, { language }]) => language === 'python'))(
    'is made by the image of %s, at the path that Pods have, and goes where Pods copy it from',
    (name, { image }) => {
      const stage = dockerfile.split(/^FROM /m).find((text) => text.includes(`${image} AS ${name}\n`)) ?? '';
      expect(stage).toContain(`COPY --from=build /src/dist/pod/python/ ${PATHS.runtime}/\n`);
      expect(stage).toContain(`RUN python3 /compile-python.py ${PATHS.runtime}\n`);
      expect(dockerfile).toContain(
        `COPY --from=${name} ${PATHS.runtime}/compiled/ ${PATHS.toolkit}/pod/python/compiled/\n`,
      );
    },
  );
});

describe("the image's root, as deploy/collect.sh makes it on this machine", () => {
  const reason = missing();
  let root = '';
  beforeAll(async () => {
    if (reason !== undefined) return;
    root = mkdtempSync(path.join(tmpdir(), 'buildless-image-'));
    chmodSync(root, 0o755);
    const installers = await fetchFastInstallers(path.join(ROOT, 'node_modules/.cache/buildless/bin'));
    const npm = path.resolve(realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim()), '../..');
    const parts = [root, process.execPath, npm, installers];
    execFileSync(path.join(ROOT, 'deploy/collect.sh'), parts, { stdio: 'pipe' });
    cpSync(path.join(ROOT, 'dist'), path.join(root, PATHS.toolkit), { recursive: true });
    // What a container runtime adds.
    mkdirSync(path.join(root, 'dev'));
    for (const [name, minor] of Object.entries({ null: '3', urandom: '9' })) {
      execFileSync('mknod', ['-m', '666', path.join(root, 'dev', name), 'c', '1', minor]);
    }
  });
  afterAll(() => {
    if (root !== '') rmSync(root, { recursive: true });
  });

  const inside = (...command: readonly string[]): string => {
    // PATH below is that of the image, where this is not.
    const chroot = execFileSync('which', ['chroot'], { encoding: 'utf8' }).trim();
    const { stdout, stderr } = spawnSync(chroot, ['--userspec=65532:65532', root, ...command], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin', HOME: '/tmp', GIT_TERMINAL_PROMPT: '0' },
    });
    return stdout + stderr;
  };

  it('runs the command, git and ssh as a user without rights', (context) => {
    if (reason !== undefined) context.skip(reason);
    expect(inside('node', `${PATHS.toolkit}/buildless.mjs`, '--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(inside('git', '--version')).toMatch(/^git version /);
    expect(inside('ssh', '-V')).toMatch(/^OpenSSH/);
  });

  it('installs with bun, with npm where bun declines, and with uv, which asks its Python', (context) => {
    if (reason !== undefined) context.skip(reason);
    expect(inside(`${PATHS.toolkit}/bin/bun`, '--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(inside('node', '/usr/lib/node_modules/npm/bin/npm-cli.js', '--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
    writeFileSync(path.join(root, 'tmp/none.txt'), '');
    const uv = inside(
      ...[`${PATHS.toolkit}/bin/uv`, 'pip', 'install', '--no-config', '--no-python-downloads', '--python-version=3.12'],
      ...['--python-platform=x86_64-manylinux_2_36', '--target=/tmp/packages', '--requirements=/tmp/none.txt'],
    );
    expect(uv).toMatch(/Using CPython 3\.\d+|Audited|Requirements file `.*` does not contain any dependencies/);
    expect(uv).not.toMatch(/error/i);
  });

  it('resolves locks for every runtime in the container that the controller has for it', async (context) => {
    if (reason !== undefined) context.skip(reason);
    // The volumes of the container `resolver`.
    mkdirSync(path.join(root, 'run/buildless'), { recursive: true });
    chmodSync(path.join(root, 'run/buildless'), 0o777);
    const wheels = mkdtempSync(path.join(tmpdir(), 'buildless-wheels-'));
    const registry = await startNpmRegistry([{ name: 'left', version: '1.0.0', archive: Buffer.from('x') }]);
    const index = await startIndex([await makeWheel(wheels, 'thing', '1.0')]);
    const command = ['/usr/bin/node', `${PATHS.toolkit}/buildless.mjs`, 'resolve', `--folder=/tmp/buildless`];
    const chroot = execFileSync('which', ['chroot'], { encoding: 'utf8' }).trim();
    const child = spawn(chroot, ['--userspec=65532:65532', root, ...command], {
      env: { ...environmentOf(dockerfile) },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    try {
      const socket = path.join(root, RESOLVER_SOCKET);
      await eventually(() => {
        if (!existsSync(socket)) throw new Error('not listening yet');
      });
      const resolver = createResolverClient(socket);
      for (const { language, version } of Object.values(RUNTIMES)) {
        const inputs =
          language === 'nodejs'
            ? nodejs({ 'package.json': '{"dependencies":{"left":"1.0.0"}}' }, [registry.address])
            : python('thing==1.0\n', [`${index.address}simple`], version);
        const registrySettings =
          language === 'nodejs' ? `registry=${registry.address}\n` : `[global]\nindex-url = ${index.address}simple\n`;
        const answer = await resolver.lock({ name: 'x', inputs, registrySettings }, untilStopped());
        expect(resolved(answer).text).toContain(language === 'nodejs' ? 'node_modules/left' : 'thing-1.0');
      }
      const commit = await resolver.commit(
        { source: { type: 'git', url: 'https://127.0.0.1:1/x.git' } },
        untilStopped(),
      );
      expect(failed(commit)).toMatchObject({ temporary: true, problem: '127.0.0.1:1 cannot be reached' });
    } finally {
      child.kill();
      await registry.close();
      await index.close();
      rmSync(wheels, { recursive: true });
    }
  });

  it('clones over HTTPS and SSH as far as there is somebody to clone from', (context) => {
    if (reason !== undefined) context.skip(reason);
    expect(inside('git', 'ls-remote', 'https://127.0.0.1:1/x.git')).toMatch(/Failed to connect|Couldn't connect/);
    expect(inside('git', 'ls-remote', 'ssh://git@127.0.0.1:1/x.git')).toMatch(/port 1: Connection refused/);
  });

  it('has no shell', (context) => {
    if (reason !== undefined) context.skip(reason);
    expect(inside('sh', '-c', 'echo there is')).toContain('No such file or directory');
  });
});
