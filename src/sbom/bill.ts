import type { Language } from '../function/languages.ts';
import type { RecordedRelease } from '../release-age/release.ts';

/** Where a Function runs, in the words of container images. */
export interface BillPlatform {
  readonly os: 'linux';
  readonly architecture: 'amd64' | 'arm64';
  readonly libc: 'glibc' | 'musl';
  /** Of the language, as the runtime's row has it; empty if it is not known. */
  readonly version: string;
}

/** A file that a package may be installed from. */
export interface BilledFile {
  /** Without user and password; absent if the lock does not say. */
  readonly url?: string;
  readonly hashes: readonly Hash[];
}

export interface Hash {
  readonly algorithm: 'sha1' | 'sha256' | 'sha384' | 'sha512';
  /** Lower-case hexadecimal digits. */
  readonly digest: string;
}

/** A package that a Function installs. */
export interface BilledPackage {
  /** https://github.com/package-url/purl-spec; of each package once. */
  readonly purl: string;
  readonly name: string;
  /** Empty for what is only known by its commit. */
  readonly version: string;
  /** As the package declares it; absent if the lock does not say. */
  readonly licence?: string;
  /** One of these is installed. */
  readonly files: readonly BilledFile[];
  /** Set if whether it is installed depends on what the lock alone does not decide. */
  readonly marker?: string;
  /** purls. */
  readonly dependsOn: readonly string[];
  /** What its registry said when the revision was made; absent if the revision did not record it. */
  readonly recorded?: RecordedRelease;
}

export interface Packages {
  /** In the order of their purls. */
  readonly packages: readonly BilledPackage[];
  /** purls of what the Function itself asks for; undefined if the lock does not say who asks for whom. */
  readonly direct: readonly string[] | undefined;
}

/** What a Function is made of. */
export interface Bill extends Packages {
  readonly name: string;
  /** As the Function names it, e.g. `configmap:hello`. */
  readonly source: string;
  /** `sha256:` and the digits, of all files of the source. */
  readonly sourceDigest: string;
  readonly language: Language;
  /** Of the Function's container; absent if nothing says which it is. */
  readonly image?: string;
  /** Who made the lock; absent if there is nothing to install. */
  readonly lockedBy?: 'author' | 'controller';
  readonly platform: BillPlatform;
  /** The text of the revision's annotation; absent outside of a cluster. */
  readonly revision?: string;
}

/** Names sort by their code units, so that every machine writes the same file. */
export const byPurl = (one: { readonly purl: string }, other: { readonly purl: string }): number =>
  one.purl < other.purl ? -1 : one.purl > other.purl ? 1 : 0;
