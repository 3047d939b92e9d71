import { isDeepStrictEqual } from 'node:util';
import semver from 'semver';
import { readJsonFile } from '../../dependencies/npm/json-file.ts';
import { jsonPlace } from '../../dependencies/npm/json-place.ts';
import { skipString } from '../../dependencies/npm/json-skip.ts';
import type { PackageJson } from '../../dependencies/npm/package-json.ts';
import { readJudgeableSource } from '../../dependencies/npm/source.ts';
import { parseSpec } from '../../dependencies/npm/spec.ts';
import type { SourceFiles } from '../../function/files.ts';
import { isJsonObject, type JsonObject } from '../../json/object.ts';
import type { Direct, Pin, Unpinned } from '../pin.ts';

/** Reads the groups of each package.json of a source; what does not come from a registry is in neither list. */
export function npmPins(files: SourceFiles): Direct {
  const pins: Pin[] = [];
  const unpinned: Unpinned[] = [];
  for (const manifest of readJudgeableSource(files)?.packageJsons.values() ?? []) {
    for (const { name, text, path } of askedBy(manifest)) {
      const place = { file: manifest.file, line: manifest.json.positionOf(path).line, kind: path[0] };
      const spec = parseSpec(name, text, manifest.folder);
      const asked = spec.kind === 'alias' ? spec.target : spec;
      const known = { ...place, name: spec.kind === 'alias' ? spec.name : name };
      if (asked.kind === 'version') {
        const version = semver.clean(asked.version, { loose: true });
        if (version === null || !text.includes(version)) continue;
        const moved: Pin['moved'] = (source, next) =>
          withText(source, manifest.file, path, withVersion(text, version, next));
        pins.push({ ...known, version, moved });
      } else if (asked.kind === 'range' || asked.kind === 'tag') {
        unpinned.push({ ...known, spec: text, reason: `it is a ${asked.kind}` });
      }
    }
  }
  return { pins, unpinned };
}

interface Asked {
  readonly name: string;
  readonly text: string;
  readonly path: readonly [group: string, name: string];
}

function* askedBy({ installed, development }: PackageJson): Generator<Asked> {
  for (const { name, spec, group } of installed.values()) yield { name, text: spec, path: [group, name] };
  for (const [name, text] of development) yield { name, text, path: ['devDependencies', name] };
}

/** `npm:NAME@1.2.3`, `=1.2.3` and `v1.2.3` keep what is in front of the version. */
const withVersion = (text: string, version: string, next: string): string => {
  const at = text.lastIndexOf(version);
  return `${text.slice(0, at)}${next}${text.slice(at + version.length)}`;
};

/** Puts another string in the place of one, and changes nothing else. */
function withText(
  files: SourceFiles,
  file: string,
  path: readonly [string, string],
  value: string,
): SourceFiles | undefined {
  const content = files.get(file);
  const text = content === undefined ? '' : Buffer.from(content).toString('utf8');
  const mark = text.startsWith('\uFEFF') ? 1 : 0;
  const place = jsonPlace({ text: text.slice(mark), isUnique: () => false })
    .find(path[0])
    ?.find(path[1]);
  if (place === undefined) return undefined;
  const start = mark + place.value;
  const edited = Buffer.from(`${text.slice(0, start)}${JSON.stringify(value)}${text.slice(skipString(text, start))}`);
  const [before, after] = [objectIn(file, content), objectIn(file, edited)];
  const group = before?.[path[0]];
  if (!isJsonObject(group)) return undefined;
  const wanted = { ...before, [path[0]]: { ...group, [path[1]]: value } };
  return isDeepStrictEqual(after, wanted) ? new Map([...files, [file, edited]]) : undefined;
}

function objectIn(file: string, content: Uint8Array = new Uint8Array()): JsonObject | undefined {
  const read = readJsonFile(file, content, 0);
  return 'problem' in read ? undefined : read.value;
}
