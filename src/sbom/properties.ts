import type { Bill } from './bill.ts';

/** What neither CycloneDX nor SPDX has a field for, by name; names of a taxonomy have their owner in front. */
export function propertiesOf({
  source,
  sourceDigest,
  lockedBy,
  platform,
  revision,
}: Bill): readonly (readonly [string, string])[] {
  const { os, architecture, libc } = platform;
  return [
    ['buildless:source', source],
    ['buildless:source-digest', sourceDigest],
    ['buildless:platform', `${os}/${architecture}/${libc}`],
    ...(lockedBy === undefined ? [] : [['buildless:locked-by', lockedBy] as const]),
    ...(revision === undefined ? [] : [['buildless:revision', revision] as const]),
  ];
}
