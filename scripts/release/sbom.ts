/**
 * Bills of materials of what ships. `npm sbom` lists every package of the lock, tools of the tests included; what ships are those
 * that are bundled into dist/ (dist/THIRD-PARTY-NOTICES.txt, written from esbuild's own list) and the Python packages beside it.
 */
import { execFileSync } from 'node:child_process';

export interface Shipped {
  /** `NAME@VERSION` of packages from npm. */
  readonly npm: ReadonlySet<string>;
  /** Names and versions of packages from PyPI. */
  readonly python: readonly { readonly name: string; readonly version: string }[];
}

/** What the Python programs vendor, for the API `http` as well. */
export const REQUIREMENTS = ['src/pod/python/requirements.txt', 'src/pod/python/requirements-http.txt'] as const;

export function shippedIn(notices: string, requirements: readonly string[]): Shipped {
  const npm = notices.split(`${'-'.repeat(80)}\n`).map((notice) => notice.trim().split('\n', 1)[0]?.replace(' ', '@') ?? '');
  const python = [...requirements.join('\n').matchAll(/^([a-z][a-z0-9._-]*)==(\S+)/gm)];
  // cloudevents is in both, in two versions.
  return { npm: new Set(npm), python: python.map(([, name = '', version = '']) => ({ name, version })) };
}

const npmSbom = (root: string, format: string): unknown =>
  JSON.parse(
    execFileSync('npm', ['sbom', '--package-lock-only', '--sbom-format', format, '--sbom-type', 'application'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      shell: process.platform === 'win32',
    }),
  );

interface Spdx {
  readonly documentDescribes: readonly string[];
  readonly packages: readonly { readonly name: string; readonly SPDXID: string; readonly versionInfo: string }[];
  readonly relationships: readonly {
    readonly spdxElementId: string;
    readonly relatedSpdxElement: string;
    readonly relationshipType: string;
  }[];
}

/** SPDX 2.3. */
export function spdx(root: string, { npm, python }: Shipped): object {
  const all = npmSbom(root, 'spdx') as Spdx;
  const [own = ''] = all.documentDescribes;
  const packages = all.packages.filter(
    ({ SPDXID, name, versionInfo }) => SPDXID === own || npm.has(`${name}@${versionInfo}`),
  );
  const ids = new Set(packages.map(({ SPDXID }) => SPDXID));
  const vendored = python.map(({ name, version }) => ({
    name,
    SPDXID: `SPDXRef-Package-pypi-${name.replaceAll(/[^A-Za-z0-9.-]/g, '-')}-${version}`,
    versionInfo: version,
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    externalRefs: [
      {
        referenceCategory: 'PACKAGE-MANAGER',
        referenceType: 'purl',
        referenceLocator: `pkg:pypi/${name}@${version}`,
      },
    ],
  }));
  const contains = [...packages.filter(({ SPDXID }) => SPDXID !== own), ...vendored].map(({ SPDXID }) => ({
    spdxElementId: own,
    relatedSpdxElement: SPDXID,
    relationshipType: 'CONTAINS',
  }));
  const known = (id: string): boolean => id === 'SPDXRef-DOCUMENT' || ids.has(id);
  const kept = all.relationships.filter(
    ({ spdxElementId, relatedSpdxElement, relationshipType }) =>
      known(spdxElementId) && known(relatedSpdxElement) && relationshipType === 'DESCRIBES',
  );
  return { ...all, packages: [...packages, ...vendored], relationships: [...kept, ...contains] };
}

interface CycloneDx {
  readonly metadata: { readonly component: { readonly 'bom-ref': string } };
  readonly components: readonly {
    readonly 'bom-ref': string;
    readonly group?: string;
    readonly name: string;
    readonly version: string;
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** CycloneDX 1.5. */
export function cycloneDx(root: string, { npm, python }: Shipped): object {
  const all = npmSbom(root, 'cyclonedx') as CycloneDx;
  const own = all.metadata.component['bom-ref'];
  const components = all.components.filter(({ group, name, version }) =>
    npm.has(`${group === undefined || name.startsWith('@') ? name : `${group}/${name}`}@${version}`),
  );
  const vendored = python.map(({ name, version }) => ({
    'bom-ref': `pypi:${name}@${version}`,
    type: 'library',
    name,
    version,
    purl: `pkg:pypi/${name}@${version}`,
  }));
  const refs = [...components, ...vendored].map((component) => component['bom-ref']);
  return {
    ...all,
    components: [...components, ...vendored],
    dependencies: [{ ref: own, dependsOn: refs }, ...refs.map((ref) => ({ ref, dependsOn: [] }))],
  };
}
