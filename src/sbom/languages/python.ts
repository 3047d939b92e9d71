import { PackageURL } from 'packageurl-js';
import { SyntaxProblem } from '../../dependencies/python/format/cursor.ts';
import { evaluateMarker, type MarkerEnvironment } from '../../dependencies/python/format/marker-value.ts';
import { parseMarker } from '../../dependencies/python/format/pep508.ts';
import { expectedPackages, type ExpectedPackage } from '../../dependencies/python/expected.ts';
import { PYLOCK, readLock, type LockedPackage } from '../../dependencies/python/pylock/read.ts';
import { normalizeName } from '../../dependencies/python/format/names.ts';
import type { SourceFiles } from '../../function/files.ts';
import { publicAddress } from '../address.ts';
import { byPurl, type BilledFile, type BilledPackage, type BillPlatform, type Hash, type Packages } from '../bill.ts';

const MACHINES = { amd64: 'x86_64', arm64: 'aarch64' } as const;
const PINNED = /^===?([^,]+)$/;
const ALGORITHMS = ['sha1', 'sha256', 'sha384', 'sha512'] as const;

/** What pip or uv installs. Neither form of a lock says which package asks for which, and neither has licences. */
export function pythonPackages(files: SourceFiles, platform: BillPlatform): Packages {
  const environment = environmentOf(platform);
  const lock = files.get(PYLOCK);
  const all =
    lock === undefined
      ? (expectedPackages(files)?.packages ?? []).map((each) => [each.marker, fromRequirement(each)] as const)
      : readLock(lock).packages.map((each) => [each.marker, fromLock(each)] as const);
  const packages = all.flatMap(([marker, billed]): readonly BilledPackage[] => {
    const holds = holdsIn(marker, environment);
    if (holds === false) return [];
    return [holds === undefined ? { ...billed, marker } : billed];
  });
  return { packages: [...new Map(packages.map((each) => [each.purl, each])).values()].sort(byPurl), direct: undefined };
}

/** PEP 508, "Environment Markers". */
function environmentOf({ architecture, version }: BillPlatform): MarkerEnvironment {
  return {
    os_name: 'posix',
    sys_platform: 'linux',
    platform_system: 'Linux',
    platform_machine: MACHINES[architecture],
    platform_python_implementation: 'CPython',
    implementation_name: 'cpython',
    ...(version !== '' && { python_version: version.split('.', 2).join('.') }),
  };
}

/** Undefined if it depends on what is not known before the Pod runs. */
function holdsIn(marker: string, environment: MarkerEnvironment): boolean | undefined {
  if (marker === '') return true;
  const parsed = parseMarker(marker.replace(/\s+/g, ' '));
  return parsed instanceof SyntaxProblem ? undefined : evaluateMarker(parsed, environment);
}

function fromLock({ name, version = '', files, repository }: LockedPackage): BilledPackage {
  return billed({
    name: normalizeName(name),
    version,
    files: files.map((file) => ({
      ...addressOf(file.url),
      hashes: ALGORITHMS.flatMap((algorithm) => {
        const digest = file.hashes[algorithm];
        return typeof digest === 'string' ? [{ algorithm, digest: digest.toLowerCase() }] : [];
      }),
    })),
    ...(repository !== undefined && { repository }),
  });
}

function addressOf(url: string | undefined): Pick<BilledFile, 'url'> {
  const address = url === undefined ? undefined : publicAddress(url, '');
  return address === undefined ? {} : { url: address };
}

function fromRequirement({ name, specifiers, hashes, url, commit }: ExpectedPackage): BilledPackage {
  const files: readonly BilledFile[] = hashes.flatMap((text): readonly BilledFile[] => {
    const hash = hashOf(text);
    return hash === undefined ? [] : [{ ...(url !== undefined && { url }), hashes: [hash] }];
  });
  return billed({
    name,
    version: PINNED.exec(specifiers)?.[1]?.trim() ?? '',
    files: files.length === 0 && url !== undefined && commit === undefined ? [{ url, hashes: [] }] : files,
    ...(url !== undefined && commit !== undefined && { repository: { url, commit } }),
  });
}

function hashOf(text: string): Hash | undefined {
  const [name, digest = ''] = text.split(':', 2);
  const algorithm = ALGORITHMS.find((known) => known === name);
  return algorithm === undefined ? undefined : { algorithm, digest };
}

function billed({
  name,
  version,
  files,
  repository,
}: Pick<BilledPackage, 'name' | 'version' | 'files'> & {
  readonly repository?: { readonly url: string; readonly commit: string };
}): BilledPackage {
  const url = repository && publicAddress(`git+${repository.url.replace(/^git\+/, '')}`, '');
  const from = url === undefined ? null : { vcs_url: `${url}@${repository?.commit ?? ''}` };
  const purl = new PackageURL('pypi', null, name, version === '' ? null : version, from, null).toString();
  return { purl, name, version, files, dependsOn: [] };
}
