import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PLATFORMS } from '../../scripts/binary.mjs';
import { krewManifest } from '../../scripts/release/krew.ts';
import { notesOf } from '../../scripts/release/notes.ts';
import { remainingCommands } from '../../scripts/release/remaining.ts';
import { cycloneDx, REQUIREMENTS, shippedIn, spdx } from '../../scripts/release/sbom.ts';
import { at, listAt, ROOT } from '../installation/shipped.ts';

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

describe('the notes of a release', () => {
  const changelog = '# Changelog\n\n## Unreleased\n\n- new\n\n## 0.2.0\n\n### Added\n\n- this\n\n## 0.1.0\n\nThat.\n\n## 0.0.1\n';

  it('are the section of its version in CHANGELOG.md', () => {
    expect(notesOf(changelog, '0.2.0')).toBe('### Added\n\n- this\n');
    expect(notesOf(changelog, '0.1.0')).toBe('That.\n');
  });

  it('are missing without a section, or with an empty one', () => {
    expect(notesOf(changelog, '0.2')).toBeUndefined();
    expect(notesOf(changelog, '0.0.1')).toBeUndefined();
  });
});

describe("krew's manifest", () => {
  const archives = Object.keys(PLATFORMS).map((platform) => ({
    platform,
    url: `https://example.com/${platform}.tar.gz`,
    sha256: 'a'.repeat(64),
    bin: platform.startsWith('windows') ? 'buildless.exe' : 'buildless',
  }));
  const manifest: unknown = parse(krewManifest('0.2.0', archives));

  it('names a file for Linux, macOS and Windows', () => {
    const platforms = listAt(manifest, 'spec', 'platforms').map((each) => at(each, 'selector', 'matchLabels'));
    expect(platforms).toEqual([
      { os: 'linux', arch: 'amd64' },
      { os: 'linux', arch: 'arm64' },
      { os: 'darwin', arch: 'amd64' },
      { os: 'darwin', arch: 'arm64' },
      { os: 'windows', arch: 'amd64' },
    ]);
  });

  // https://github.com/kubernetes-sigs/krew/blob/master/internal/index/validation/validate.go
  it('has what krew asks for', () => {
    expect(at(manifest, 'metadata', 'name')).toMatch(/^[\w-]+$/);
    expect(at(manifest, 'spec', 'version')).toMatch(/^v\d+\.\d+\.\d+$/);
    const short = String(at(manifest, 'spec', 'shortDescription'));
    expect(short.length).toBeLessThanOrEqual(50);
    expect(short).not.toMatch(/[\r\n]/);
    for (const each of listAt(manifest, 'spec', 'platforms')) {
      expect(at(each, 'sha256')).toMatch(/^[0-9a-f]{64}$/);
      expect(at(each, 'bin')).toMatch(/^buildless(\.exe)?$/);
    }
  });
});

describe('the bills of materials', () => {
  const shipped = shippedIn(read('dist/THIRD-PARTY-NOTICES.txt'), REQUIREMENTS.map(read));
  const python = shipped.python.map(({ name, version }) => `${name}@${version}`);

  it('name what is bundled and what is vendored, and no tool of the tests', () => {
    const all = [...shipped.npm, ...python];
    expect(all.length).toBeGreaterThan(30);
    expect(shipped.npm).toContain('@kubernetes/client-node@1.4.0');
    expect(python.some((each) => each.startsWith('cheroot@'))).toBe(true);
    expect(all.filter((each) => /^(?:vitest|eslint|typescript)@/.test(each))).toEqual([]);
  });

  it('have the same packages as SPDX and as CycloneDX, each with its address', () => {
    const bill = spdx(ROOT, shipped);
    const packages = listAt(bill, 'packages').map((each) => `${String(at(each, 'name'))}@${String(at(each, 'versionInfo'))}`);
    expect(new Set(packages.slice(1))).toEqual(new Set([...shipped.npm, ...python]));
    const contained = listAt(bill, 'relationships').filter((each) => at(each, 'relationshipType') === 'CONTAINS');
    expect(contained).toHaveLength(packages.length - 1);

    const components = listAt(cycloneDx(ROOT, shipped), 'components');
    expect(components).toHaveLength(packages.length - 1);
    for (const component of components) expect(at(component, 'purl')).toMatch(/^pkg:(?:npm|pypi)\/\S+@\S+$/);
  });
});

describe('what is left of a release', () => {
  const released = { version: '0.2.0', folder: 'release', files: ['a.tgz', 'krew.yaml'] };
  const commands = remainingCommands(released, [{ name: 'buildless' }, { name: 'buildless-toolkit', target: 'toolkit' }]);

  it('pushes and signs an image for both platforms for each that the manifests name', () => {
    const builds = commands.filter((line) => line.startsWith('docker buildx build'));
    expect(builds).toHaveLength(2);
    for (const line of builds) expect(line).toContain('--platform linux/amd64,linux/arm64 --sbom=true --provenance=mode=max');
    for (const line of builds) expect(line).toMatch(/type=image,push=true,.*compression=zstd/);
    expect(builds[1]).toContain('--target toolkit');
    expect(commands.filter((line) => line.startsWith('cosign sign '))).toHaveLength(3);
  });

  it('publishes the chart, the npm package and every file', () => {
    const all = commands.join('\n');
    expect(all).toContain('helm push release/buildless-0.2.0.tgz oci://ghcr.io/buildless-dev/charts');
    expect(all).toContain('npm publish release/buildless-dev-buildless-0.2.0.tgz --provenance');
    expect(all).toMatch(/gh release create v0\.2\.0 .* release\/a\.tgz release\/krew\.yaml release\/checksums\.txt/);
  });
});
