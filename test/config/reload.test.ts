import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Configuration } from '../../src/config/configuration.ts';
import { formatProblem } from '../../src/outcome/problem.ts';
import { watchConfiguration, type WatchedConfiguration } from '../../src/config/reload.ts';
import { VERSION } from '../../src/version.ts';
import { eventually } from '../eventually.ts';

let folder: string;
let file: string;
let watched: WatchedConfiguration | undefined;
let changes: Configuration[];
let errors: string[];
let warnings: string[][];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-config-'));
  file = path.join(folder, 'config.yaml');
  changes = [];
  errors = [];
  warnings = [];
});

afterEach(async () => {
  watched?.stop();
  watched = undefined;
  await rm(folder, { recursive: true });
});

async function watch(): Promise<WatchedConfiguration> {
  const result = await watchConfiguration(file, {
    onChange: (configuration, problems) => {
      changes.push(configuration);
      warnings.push(problems.map(formatProblem));
    },
    onError: (findings) => errors.push(findings.map(formatProblem).join('\n')),
    intervalMilliseconds: 10,
  });
  if ('findings' in result) throw new Error(result.findings.map(formatProblem).join('\n'));
  watched = result;
  return result;
}

/** As the kubelet does: a folder of a new name, and `..data` renamed over the old one. */
async function mount(generation: string, text: string): Promise<void> {
  await mkdir(path.join(folder, generation));
  await writeFile(path.join(folder, generation, 'config.yaml'), text);
  await symlink(generation, path.join(folder, '..data_tmp'));
  await rename(path.join(folder, '..data_tmp'), path.join(folder, '..data'));
}

describe('watchConfiguration', () => {
  it('gives the first configuration and then each change', async () => {
    await writeFile(file, 'mode: disabled');
    const { current } = await watch();
    expect(current().mode).toBe('disabled');
    await writeFile(file, 'defaultProfile: S');
    await eventually(() => {
      expect(changes.at(-1)?.defaultProfile).toBe('S');
    });
    expect(current().defaultProfile).toBe('S');
    expect(current().mode).toBe('buildless');
  });

  it('keeps its toolkit while an upgrade or a rollback names the one of another version', async () => {
    const named = (image: string, profile: string): string =>
      `toolkit: { image: registry.example/${image} }\ndefaultProfile: ${profile}`;
    await writeFile(file, named(`toolkit:${VERSION}`, 'S'));
    const { current } = await watch();
    for (const [profile, image, used] of [
      ['M', 'buildless:0.1.0', `toolkit:${VERSION}`],
      ['L', 'toolkit:v99.0.0-rc.1', `toolkit:${VERSION}`],
      ['S', `mirror/toolkit:${VERSION}-patched`, `mirror/toolkit:${VERSION}-patched`],
      ['M', `toolkit@sha256:${'0'.repeat(64)}`, `toolkit@sha256:${'0'.repeat(64)}`],
      ['L', 'toolkit:build-7', 'toolkit:build-7'],
    ] as const) {
      await writeFile(file, named(image, profile));
      await eventually(() => {
        expect(current().defaultProfile).toBe(profile);
      });
      expect(current().toolkit.image).toBe(`registry.example/${used}`);
      const warned = image === used ? [] : [expect.stringContaining(`${image} is of another version of Buildless`)];
      expect(warnings.at(-1)).toEqual(warned);
    }
  });

  it('uses a toolkit of another version that it was started with, until the file changes it', async () => {
    await writeFile(file, 'toolkit: { image: registry.example/toolkit:0.1.0 }');
    const { current } = await watch();
    expect(current().toolkit.image).toBe('registry.example/toolkit:0.1.0');
    await writeFile(file, 'toolkit: { image: registry.example/toolkit:0.1.1 }');
    await eventually(() => {
      expect(current().toolkit.image).toBe('registry.example/toolkit:0.1.1');
    });
  });

  it("follows the kubelet's swap of a symlink above the file", async () => {
    await mount('..one', 'defaultProfile: XS');
    await symlink(path.join('..data', 'config.yaml'), file);
    const { current } = await watch();
    expect(current().defaultProfile).toBe('XS');
    await mount('..two', 'defaultProfile: XL');
    await eventually(() => {
      expect(current().defaultProfile).toBe('XL');
    });
    expect(changes).toHaveLength(1);
  });

  it('keeps the last good one while the file is bad, says so once, and recovers', async () => {
    await writeFile(file, 'defaultProfile: S');
    const { current } = await watch();
    await writeFile(file, 'defaultProfil: M');
    await eventually(() => {
      expect(errors.at(-1)).toContain('write "defaultProfile"');
    });
    expect(current().defaultProfile).toBe('S');
    const soFar = errors.length;
    await writeFile(file, 'defaultProfile: M');
    await eventually(() => {
      expect(current().defaultProfile).toBe('M');
    });
    expect(errors).toHaveLength(soFar);
  });

  it('does not take a file that is just being written: empty, or half of it, can be a good configuration', async () => {
    await writeFile(file, 'defaultProfile: S');
    await watch();
    // On this thread and more often than it is looked at, so that no two looks find the same.
    let length = 0;
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        writeFileSync(file, `defaultProfile: M\n${'#'.repeat(60)}`.slice(0, length));
        length += 1;
        if (length < 60) return;
        clearInterval(timer);
        resolve();
      }, 3);
    });
    await writeFile(file, 'defaultProfile: L');
    await eventually(() => {
      expect(changes).toHaveLength(1);
    });
    expect(changes[0]?.defaultProfile).toBe('L');
    expect(errors).toEqual([]);
  });

  it('keeps the last good one while the file is gone', async () => {
    await writeFile(file, 'defaultProfile: S');
    const { current } = await watch();
    await rm(file);
    await eventually(() => {
      expect(errors).toHaveLength(1);
    });
    expect(errors[0]).toContain('the configuration does not exist');
    expect(current().defaultProfile).toBe('S');
    await writeFile(file, 'defaultProfile: L');
    await eventually(() => {
      expect(current().defaultProfile).toBe('L');
    });
  });

  it.each([
    ['is not there', undefined, 'the configuration does not exist'],
    ['is bad', 'mode: 1', 'mode is the number 1'],
  ])('refuses to start where the file %s', async (_, text, message) => {
    if (text !== undefined) await writeFile(file, text);
    await expect(watch()).rejects.toThrow(message);
  });

  it('says nothing after it was stopped', async () => {
    await writeFile(file, 'defaultProfile: S');
    const first = await watch();
    first.stop();
    const second = await watch();
    await writeFile(file, 'defaultProfile: M');
    await eventually(() => {
      expect(second.current().defaultProfile).toBe('M');
    });
    expect(first.current().defaultProfile).toBe('S');
  });
});
