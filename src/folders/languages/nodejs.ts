import semver from 'semver';
import type { Runtime } from '../../function/runtimes.ts';
import { tagOf } from '../../kubernetes/image-reference.ts';
import { isJsonObject } from '../../json/object.ts';
import { packageJsonFile } from '../../dependencies/npm/package-json.ts';
import { readJsonFile } from '../../dependencies/npm/json-file.ts';
import type { RuntimeFactsRow, VersionFact } from './row.ts';

const PACKAGE_JSON = packageJsonFile('');
/** Far longer than any range that a person writes. */
const LONGEST_RANGE = 256;

export const NODEJS_FACTS: RuntimeFactsRow = {
  places: ['engines.node of package.json', '.nvmrc'],
  facts: (read) => [...engines(read(PACKAGE_JSON)), ...nvmrc(read('.nvmrc'))],
  unreadable: (read) => {
    const text = read(PACKAGE_JSON);
    const json = text === undefined ? undefined : readJsonFile(PACKAGE_JSON, Buffer.from(text), 0);
    return json !== undefined && 'problem' in json ? { file: PACKAGE_JSON, ...json } : undefined;
  },
};

function engines(manifest: string | undefined): readonly VersionFact[] {
  if (manifest === undefined) return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(manifest.replace(/^\uFEFF/, ''));
  } catch {
    // `unreadable` reports it, and so does the dependency policy.
    return [];
  }
  const wanted = isJsonObject(parsed) && isJsonObject(parsed.engines) ? parsed.engines.node : undefined;
  if (typeof wanted !== 'string') return [];
  return [{ from: 'engines.node of package.json', text: wanted, admits: within(wanted) }];
}

function within(range: string): VersionFact['admits'] {
  const valid = range.length <= LONGEST_RANGE ? semver.validRange(range) : null;
  if (valid === null) return undefined;
  return (runtime) => {
    const exact = exactVersionOf(runtime);
    return exact === undefined ? semver.intersects(`${runtime.version}.x`, valid) : semver.satisfies(exact, valid);
  };
}

/** The tag of the image, if it begins with a whole version: `22.23.3-slim`. */
function exactVersionOf({ image, version }: Runtime): string | undefined {
  const exact = /^\d{1,6}\.\d{1,6}\.\d{1,6}/.exec(tagOf(image) ?? '')?.[0];
  return exact?.startsWith(`${version}.`) === true ? exact : undefined;
}

/** nvm takes the first line that is not a comment (nvm.sh, nvm_process_nvmrc); `lts/*` and `node` move with the day. */
function nvmrc(text: string | undefined): readonly VersionFact[] {
  const line = text
    ?.split(/\r?\n/)
    .map((each) => (each.split('#', 1)[0] ?? '').trim())
    .find((each) => each !== '');
  if (line === undefined) return [];
  const major = /^v?(\d{1,6})(?:\.\d{1,6}){0,2}$/.exec(line)?.[1];
  return [{ from: '.nvmrc', text: line, admits: major === undefined ? undefined : ({ version }) => version === major }];
}
