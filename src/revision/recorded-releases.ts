/** What a revision keeps of what registries said about its versions, next to the lock in its ConfigMap. */
import { gunzipSync, gzipSync } from 'node:zlib';
import type { ConfigMapData, SourceFiles } from '../function/files.ts';
import { isLanguage, type Language } from '../function/languages.ts';
import { isObject } from '../kubernetes/object.ts';
import { isPublisher } from '../release-age/publisher.ts';
import type { RecordedRelease } from '../release-age/release.ts';

export interface RecordedReleases {
  readonly language: Language;
  /** Undefined if they did not fit. */
  readonly releases: readonly RecordedRelease[] | undefined;
}

/** Keys of a ConfigMap; no lock has these names. */
const PLAIN = 'releases.json';
const COMPRESSED = 'releases.json.gz';
/** Characters up to which it stays readable with kubectl. */
const LONGEST_PLAIN = 32 * 1024;
/** Bytes of it, unpacked: 5,000 packages with long names. */
const LARGEST = 4 * 1024 * 1024;
const MOST_RELEASES = 20_000;

export const isRecord = (key: string): boolean => key === PLAIN || key === COMPRESSED;

/**
 * @param room bytes that it may have
 * @returns what is stored; a note that they did not fit if there is not enough room
 */
export function recordOf(
  releases: readonly RecordedRelease[],
  language: Language,
  room: number,
): { readonly content: ConfigMapData; readonly fits: boolean } {
  const text = JSON.stringify({ language, releases: releases.map(recorded) });
  if (text.length <= LONGEST_PLAIN && Buffer.byteLength(text) <= room) {
    return { content: { data: { [PLAIN]: text } }, fits: true };
  }
  const packed = Buffer.byteLength(text) > LARGEST ? undefined : gzipSync(text, { level: 9 }).toString('base64');
  if (packed !== undefined && packed.length <= room) {
    return { content: { binaryData: { [COMPRESSED]: packed } }, fits: true };
  }
  return { content: { data: { [PLAIN]: JSON.stringify({ language, omitted: releases.length }) } }, fits: false };
}

/** @returns undefined if there is none, or none that `recordOf` writes */
export function parseRecord(files: SourceFiles): RecordedReleases | undefined {
  const plain = files.get(PLAIN);
  const packed = files.get(COMPRESSED);
  try {
    const content = packed === undefined ? plain : gunzipSync(packed, { maxOutputLength: LARGEST });
    if (content === undefined) return undefined;
    const value: unknown = JSON.parse(Buffer.from(content).toString('utf8'));
    if (!isObject(value) || typeof value.language !== 'string' || !isLanguage(value.language)) return undefined;
    const { language, releases, omitted } = value;
    if (typeof omitted === 'number') return { language, releases: undefined };
    if (!Array.isArray(releases) || releases.length > MOST_RELEASES) return undefined;
    return { language, releases: releases.flatMap(parsed) };
  } catch {
    return undefined;
  }
}

/** Only what is known, in one order. */
function recorded({ name, version, published, confirmed, attested, publisher }: RecordedRelease): RecordedRelease {
  return {
    name,
    version,
    ...(published !== undefined && { published }),
    ...(confirmed !== undefined && { confirmed }),
    ...(attested !== undefined && { attested }),
    ...(publisher !== undefined && { publisher }),
  };
}

function parsed(value: unknown): readonly RecordedRelease[] {
  if (!isObject(value)) return [];
  const { name, version, published, confirmed, attested, publisher } = value;
  if (typeof name !== 'string' || typeof version !== 'string') return [];
  return [
    {
      name,
      version,
      ...(typeof published === 'string' && !Number.isNaN(Date.parse(published)) && { published }),
      ...(confirmed === true && { confirmed }),
      ...(typeof attested === 'boolean' && { attested }),
      ...(isPublisher(publisher) && { publisher }),
    },
  ];
}
