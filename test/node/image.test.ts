import { spawn } from 'node:child_process';
import {
  chmodSync,
  type Dirent,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { PATHS } from '../../src/function/keys.ts';
import { RUNTIMES } from '../../src/function/runtimes.ts';
import { BUN_OPTIONS, PREPARE_COMMAND } from '../../src/function/toolkit.ts';
import { RESOLVER_SOCKET } from '../../src/installation/names.ts';
import { createResolverClient } from '../../src/resolve/client.ts';
import { eventually } from '../eventually.ts';
import { startNpmRegistry } from '../pod/install/fake-registry.ts';
import { makeWheel, startIndex } from '../pod/install/python-index.ts';
import { failed, nodejs, python, resolved, untilStopped } from '../resolve/running-resolver.ts';
import { CHROOT, OwnImage, removeRoot, runIn } from './image-root.ts';

const BUN = `${PATHS.toolkit}/bin/bun`;
const UV = `${PATHS.toolkit}/bin/uv`;
/** What a node pulls before its first Function starts, compressed. */
const TOOLKIT_LIMIT = 90e6;
/** What an upgrade of our code pulls, compressed: half of it is Flask's bytecode for each Python. */
const CODE_LIMIT = 12e6;

/** Files of the image, without /proc. */
const entriesOf = (root: string): readonly Dirent[] =>
  ['usr', 'etc', 'opt', 'home', 'tmp'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true }),
  );

const isBuilt = 'kubeconfig' in inject('cluster') && inject('node').ours;

interface Unpacked {
  readonly image: OwnImage;
  /** Its files, for all tests of this file. */
  readonly root: string;
}

const roots = new Map<string, Promise<Unpacked>>();

function unpacked(name: 'toolkit' | 'buildless'): Promise<Unpacked> {
  const unpack = async (): Promise<Unpacked> => {
    const image = new OwnImage(name);
    return { image, root: await image.unpack() };
  };
  const found = roots.get(name) ?? unpack();
  roots.set(name, found);
  return found;
}

afterAll(async () => {
  for (const { root } of await Promise.all(roots.values())) removeRoot(root);
});

describe.skipIf(!isBuilt).each(['toolkit', 'buildless'] as const)('the image %s', (name) => {
  let image: OwnImage;
  let root = '';
  beforeAll(async () => {
    ({ image, root } = await unpacked(name));
  });
  const inside = (...command: readonly string[]): string => runIn(root, image.environment, command);

  it('has a user without rights, and labels that name source, version and licence', () => {
    const { User, Labels } = image.config.config;
    expect(User).toBe('65532:65532');
    expect(Labels).toMatchObject({
      'org.opencontainers.image.source': 'https://github.com/buildless-dev/buildless',
      'org.opencontainers.image.version': packageJson.version,
      'org.opencontainers.image.licenses': 'Apache-2.0',
    });
    expect(Labels?.['org.opencontainers.image.revision']).toMatch(/^[0-9a-f]{40}$/);
  });

  it('has no shell, no package manager and no program that changes the user', () => {
    for (const program of ['sh', 'bash', 'busybox', 'apt-get', 'dpkg', 'su', 'sudo']) {
      expect(inside(program, '--version')).toContain('No such file or directory');
    }
    const files = entriesOf(root).filter((entry) => entry.isFile());
    const special = files.filter((entry) => (statSync(path.join(entry.parentPath, entry.name)).mode & 0o6000) !== 0);
    expect(special.map(({ name: file }) => file)).toEqual([]);
  });

  it('clones over HTTPS and SSH as far as there is somebody to clone from', () => {
    expect(inside('git', 'ls-remote', 'https://127.0.0.1:1/x.git')).toMatch(/Failed to connect|Couldn't connect/);
    expect(inside('git', 'ls-remote', 'ssh://git@127.0.0.1:1/x.git')).toMatch(/port 1: Connection refused/);
  });

  it('has a uv that asks its Python', () => {
    writeFileSync(path.join(root, 'tmp/none.txt'), '');
    const uv = inside(
      ...[UV, 'pip', 'install', '--no-config', '--no-python-downloads', '--python-version=3.12'],
      ...['--python-platform=x86_64-manylinux_2_36', '--target=/tmp/packages', '--requirements=/tmp/none.txt'],
    );
    expect(uv).toMatch(/Using CPython 3\.\d+|Audited|Requirements file `.*` does not contain any dependencies/);
    expect(uv).not.toMatch(/error/i);
  });

  it('has bytecode of what uv imports to ask it, as a Pod cannot keep any', () => {
    const uncompiled = `
import json, os, platform, struct, subprocess, sys, sysconfig, typing
cached = [module.__cached__ for module in sys.modules.values() if getattr(module, '__cached__', None)]
print(len(cached) > 30, [file for file in cached if not os.path.exists(file)])`;
    // Beside a remark about libraries that it does not have.
    expect(inside('/usr/bin/python3', '-I', '-B', '-c', uncompiled).split('\n')).toContain('True []');
  });
});

describe.skipIf(!isBuilt)('the image of the toolkit', () => {
  let image: OwnImage;
  let root = '';
  beforeAll(async () => {
    ({ image, root } = await unpacked('toolkit'));
  });

  it(`has at most ${TOOLKIT_LIMIT / 1e6} MB that a new node pulls, and ${CODE_LIMIT / 1e6} MB of them for an upgrade`, () => {
    const sizes = image.layers;
    const sum = (layers: typeof sizes): number => layers.reduce((total, { bytes }) => total + bytes, 0);
    const listed = sizes.map(({ what, bytes }) => `${(bytes / 1e6).toFixed(1)} MB ${what}`).join('\n');
    const code = sizes.findIndex(({ what }) => what.includes(`in ${PATHS.toolkit}/pod/`));
    expect(code, listed).toBeGreaterThan(0);
    console.log(`${listed}\n${(sum(sizes) / 1e6).toFixed(1)} MB together`);
    expect(sum(sizes), listed).toBeLessThanOrEqual(TOOLKIT_LIMIT);
    expect(sum(sizes.slice(code)), listed).toBeLessThanOrEqual(CODE_LIMIT);
  });

  it('shares its lowest layer and uv with the image of the webhook', () => {
    const other = new Set(new OwnImage('buildless').layers.map(({ digest }) => digest));
    const shared = image.layers.map(({ digest }) => other.has(digest));
    expect(shared[0]).toBe(true);
    expect(shared.filter((isShared) => isShared).length).toBeGreaterThanOrEqual(2);
  });

  it('starts with what an injected Pod starts, in a folder that no volume is mounted at', () => {
    expect(image.config.config.Entrypoint).toEqual(PREPARE_COMMAND);
    expect(image.config.config.WorkingDir).toBe('/');
    expect(runIn(root, image.environment, PREPARE_COMMAND)).toContain('prepare failed: ');
  });

  it('has npm, for what bun declines, and no Node.js', () => {
    const npm = [BUN, ...BUN_OPTIONS, `${PATHS.toolkit}/lib/node_modules/npm/bin/npm-cli.js`, '--version'];
    expect(runIn(root, image.environment, npm)).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(runIn(root, image.environment, ['node', '--version'])).toContain('No such file or directory');
  });

  it('gives a user without a name one, without which ssh does not start', () => {
    const wrapper = readdirSync(path.join(root, 'usr/lib'), { recursive: true }).map(String);
    const library = wrapper.find((file) => file.endsWith('/libnss_wrapper.so')) ?? '';
    const named = {
      LD_PRELOAD: `/usr/lib/${library}`,
      NSS_WRAPPER_PASSWD: '/tmp/passwd',
      NSS_WRAPPER_GROUP: '/etc/group',
    };
    writeFileSync(path.join(root, 'tmp/passwd'), 'function:x:12345:0::/tmp:/sbin/nologin\n');
    const ssh = ['git', 'ls-remote', 'ssh://git@127.0.0.1:1/x.git'];
    expect(runIn(root, image.environment, ssh, '12345:0')).toContain('No user exists for uid 12345');
    expect(runIn(root, { ...image.environment, ...named }, ssh, '12345:0')).toContain('Connection refused');
  });

  it('has bytecode for the Python of its build', () => {
    expect(readdirSync(path.join(root, PATHS.toolkit, 'pod/python/compiled'))).toContain('cpython-311');
  });
});

describe.skipIf(!isBuilt)('the image of the webhook and of the controller', () => {
  let image: OwnImage;
  let root = '';
  beforeAll(async () => {
    ({ image, root } = await unpacked('buildless'));
  });

  it('runs the command', () => {
    const command = ['node', `${PATHS.toolkit}/buildless.mjs`, '--version'];
    expect(runIn(root, image.environment, command)).toBe(`${packageJson.version}\n`);
  });

  it('resolves locks for every runtime in the container that the controller has for it', async () => {
    // The volumes of the container `resolver`.
    mkdirSync(path.join(root, 'run/buildless'), { recursive: true });
    chmodSync(path.join(root, 'run/buildless'), 0o777);
    const wheels = mkdtempSync(path.join(tmpdir(), 'buildless-wheels-'));
    const registry = await startNpmRegistry([{ name: 'left', version: '1.0.0', archive: Buffer.from('x') }]);
    const index = await startIndex([await makeWheel(wheels, 'thing', '1.0')]);
    const command = ['/usr/bin/node', `${PATHS.toolkit}/buildless.mjs`, 'resolve', '--folder=/tmp/buildless'];
    const child = spawn(CHROOT, ['--userspec=65532:65532', root, ...command], {
      env: { ...image.environment },
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
});
