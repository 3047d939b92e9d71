import { baseOf, parseRevisionName } from './revision-name.ts';
import { parseStamp, type Stamp } from './stamp.ts';
import type { SourceReference } from './source.ts';

const LONGEST_SHOWN = 60;

/**
 * Reads the annotation `buildless.dev/revision` of a Function.
 *
 * @returns undefined if there is none, or the one of another source: whoever writes a new source cannot know its revision
 */
export function readStamp(
  text: string | undefined,
  source: SourceReference,
): Stamp | { readonly problem: string; readonly fix: string } | undefined {
  if (text === undefined) return undefined;
  const stamp = parseStamp(text);
  if (stamp === undefined) {
    return {
      problem: `${JSON.stringify(text.slice(0, LONGEST_SHOWN))} is not a revision`,
      fix: 'remove the annotation; Buildless writes it',
    };
  }
  return isOf(stamp, source) ? stamp : undefined;
}

/** Whether a stamp can be that of a source: made of the names of its ConfigMaps, or a commit. */
function isOf({ code }: Stamp, source: SourceReference): boolean {
  switch (source.type) {
    case 'configmap':
      return (
        code.type === 'files' &&
        code.names.length === source.names.length &&
        code.names.every((name, index) => parseRevisionName(name)?.base === baseOf(source.names[index] ?? ''))
      );
    case 'git':
      return code.type === 'commit';
    case 'image':
      return false;
  }
}
