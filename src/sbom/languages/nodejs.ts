import { PackageURL } from 'packageurl-js';
import ssri from 'ssri';
import { edgesOfPackageJson, visitEdges } from '../../dependencies/npm/lock/edges.ts';
import type { LockEntry } from '../../dependencies/npm/lock/entry.ts';
import type { PackageJson } from '../../dependencies/npm/package-json.ts';
import { readJudgeableSource } from '../../dependencies/npm/source.ts';
import type { SourceFiles } from '../../function/files.ts';
import { lookUpWanted, wantedPackages } from '../../installers/wanted-tree.ts';
import { publicAddress } from '../address.ts';
import { byPurl, type BilledFile, type BilledPackage, type BillPlatform, type Hash, type Packages } from '../bill.ts';

const NOTHING: Packages = { packages: [], direct: [] };
const CPUS = { amd64: 'x64', arm64: 'arm64' } as const;

/** What `npm ci --omit=dev` installs. */
export function npmPackages(files: SourceFiles, { os, architecture, libc }: BillPlatform): Packages {
  const source = readJudgeableSource(files);
  if (source?.lock === undefined || 'problem' in source.lock) return NOTHING;
  const { lock, root: packageJson } = source;
  const wanted = new Set(wantedPackages({ packageJson, lock }, { os, cpu: CPUS[architecture], libc }));
  // They come in the archive of a package above them, whatever asks for them.
  for (const entry of lock.packages.values()) if (entry.inBundle && hasAbove(entry, wanted)) wanted.add(entry);

  const found = new Map<string, BilledPackage>();
  for (const entry of wanted) {
    if (entry === lock.root) continue;
    const target = entry.link ? lock.packages.get(entry.target ?? '') : entry;
    if (target === undefined) continue;
    const purl = purlOf(target);
    const known = found.get(purl);
    const dependsOn = purlsOf(target, packageJson, wanted);
    found.set(purl, known === undefined ? billed(target, purl, dependsOn) : merged(known, dependsOn));
  }
  const direct = purlsOf(lock.root, packageJson, wanted);
  return { packages: [...found.values()].sort(byPurl), direct };
}

function hasAbove({ parent }: LockEntry, wanted: ReadonlySet<LockEntry>): boolean {
  for (let above = parent; above !== undefined && above.location !== ''; above = above.parent)
    if (wanted.has(above) && !above.inBundle) return true;
  return false;
}

function purlsOf(from: LockEntry, packageJson: PackageJson, wanted: ReadonlySet<LockEntry>): readonly string[] {
  const purls = new Set<string>();
  const add = ({ name }: { readonly name: string }): void => {
    const to = lookUpWanted(from, name, wanted);
    if (to !== undefined) purls.add(purlOf(to));
  };
  if (from.location === '') edgesOfPackageJson(packageJson).forEach(add);
  else visitEdges(from, add);
  return [...purls].sort();
}

/** The same version at two places may find other versions of what it asks for. */
const merged = (known: BilledPackage, more: readonly string[]): BilledPackage => ({
  ...known,
  dependsOn: [...new Set([...known.dependsOn, ...more])].sort(),
});

function billed(entry: LockEntry, purl: string, dependsOn: readonly string[]): BilledPackage {
  const { license } = entry.json;
  return {
    purl,
    name: entry.packageName,
    version: entry.version,
    ...(typeof license === 'string' && license !== '' && { licence: license }),
    files: fileOf(entry),
    dependsOn,
  };
}

function fileOf({ resolved, integrity }: LockEntry): readonly BilledFile[] {
  const url = resolved === undefined ? undefined : publicAddress(resolved, '');
  const hashes = integrity === undefined ? [] : hashesOf(integrity);
  return url === undefined && hashes.length === 0 ? [] : [{ ...(url !== undefined && { url }), hashes }];
}

const ALGORITHMS = ['sha1', 'sha256', 'sha384', 'sha512'] as const;

function hashesOf(integrity: string): readonly Hash[] {
  const parsed = ssri.parse(integrity);
  return ALGORITHMS.flatMap((algorithm) =>
    (parsed[algorithm] ?? []).map((hash) => ({
      algorithm,
      digest: Buffer.from(hash.digest, 'base64').toString('hex'),
    })),
  );
}

function purlOf({ packageName, version, resolved }: LockEntry): string {
  const scoped = packageName.startsWith('@') ? packageName.indexOf('/') : -1;
  const git = resolved?.startsWith('git+') === true ? publicAddress(resolved) : undefined;
  return new PackageURL(
    'npm',
    scoped === -1 ? null : packageName.slice(0, scoped),
    packageName.slice(scoped + 1),
    version === '' ? null : version,
    git === undefined ? null : { vcs_url: git },
    null,
  ).toString();
}
