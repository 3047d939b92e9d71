import { normalizeName } from './format/names.ts';
import { type Clause, compareVersions } from './format/versions.ts';
import type { Requirement } from './requirements.ts';

/** How far a version is fixed by all that is required of a package: one version, an upper bound, or nothing. */
export type Fixed = 'pinned' | 'bounded' | 'open';

/** What a set of clauses leaves open. */
interface Summary {
  readonly pinned: boolean;
  readonly bounded: boolean;
  /** The greatest `>=` and the least `<=`: where they meet, one version is left. */
  readonly lowest?: string;
  readonly highest?: string;
  /** The version of `==`, for advice. */
  readonly version?: { readonly text: string; readonly file: string };
}

const OPEN: Summary = { pinned: false, bounded: false };

/**
 * Everything that requirements and constraints say of one package. pip takes them together, so `requests` in one file and
 * `requests==2.32.3` in a constraints file are one exact requirement. A pin with a marker counts only for the
 * requirement with the same marker, as it may not hold.
 */
export class Pins {
  private readonly summaries = new Map<string, Summary>();

  constructor(requirements: readonly Requirement[]) {
    for (const { target, marker, file } of requirements) {
      if (target.name === undefined) continue;
      const key = keyOf(target.name, marker);
      // A URL, a commit or a file is judged by its own rule, and it leaves no choice of versions.
      const said = target.kind === 'index' ? summarize(target.clauses, file) : { pinned: true, bounded: true };
      this.summaries.set(key, merge(this.summaries.get(key) ?? OPEN, said));
    }
  }

  /** How far the version that a requirement takes is fixed. */
  fixed(name: string, marker: string): Fixed {
    const always = this.summaries.get(keyOf(name, '')) ?? OPEN;
    const all = marker === '' ? always : merge(always, this.summaries.get(keyOf(name, marker)) ?? OPEN);
    if (all.pinned || meets(all)) return 'pinned';
    return all.bounded ? 'bounded' : 'open';
  }

  /** A version that some line names, be it behind a marker, for advice. */
  version(name: string): { readonly text: string; readonly file: string } | undefined {
    return this.summaries.get(keyOf(name, ''))?.version;
  }
}

/** How far clauses alone fix a version. */
export function fixedBy(clauses: readonly Clause[]): Fixed {
  const summary = summarize(clauses, '');
  if (summary.pinned || meets(summary)) return 'pinned';
  return summary.bounded ? 'bounded' : 'open';
}

const keyOf = (name: string, marker: string): string => `${normalizeName(name)} ;${marker}`;

const meets = ({ lowest, highest }: Summary): boolean =>
  lowest !== undefined && highest !== undefined && compareVersions(lowest, highest) === 0;

const summarize = (clauses: readonly Clause[], file: string): Summary =>
  clauses.map((clause) => summarizeClause(clause, file)).reduce(merge, OPEN);

function summarizeClause({ operator, version, prefix }: Clause, file: string): Summary {
  switch (operator) {
    case '===':
    case '==':
      return prefix
        ? { pinned: false, bounded: true }
        : { pinned: true, bounded: true, version: { text: version, file } };
    case '~=':
    case '<':
      return { pinned: false, bounded: true };
    case '<=':
      return { pinned: false, bounded: true, highest: version };
    case '>=':
      return { ...OPEN, lowest: version };
    case '>':
    case '!=':
      return OPEN;
  }
}

function merge(a: Summary, b: Summary): Summary {
  const lowest = pick(a.lowest, b.lowest, 1);
  const highest = pick(a.highest, b.highest, -1);
  const version = a.version ?? b.version;
  return {
    pinned: a.pinned || b.pinned,
    bounded: a.bounded || b.bounded,
    ...(lowest !== undefined && { lowest }),
    ...(highest !== undefined && { highest }),
    ...(version !== undefined && { version }),
  };
}

/** The greater (1) or the lesser (-1) of two bounds. */
function pick(a: string | undefined, b: string | undefined, sign: 1 | -1): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return (compareVersions(a, b) ?? 0) * sign >= 0 ? a : b;
}
