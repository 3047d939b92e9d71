import { normalizeName } from '../format/names.ts';
import { type Clause, showClause } from '../format/versions.ts';
import type { Requirement } from '../requirements.ts';
import { aboutRequirement, type RequirementsContext, quote, type Rule } from './rule.ts';

/**
 * Versions of packages that come from an index.
 *
 * no-latest refuses: `requests`, `requests>=2`, `requests>2`, `requests!=2.1` (no upper bound)
 * exact refuses also: `requests<3`, `requests~=2.1`, `requests==2.*`, `requests>=2,<3`
 * allowed: `requests==2.32.3`, `===2.32.3`, `>=2,==2.32.3`, `>=2.32.3,<=2.32.3`, a constraint that pins
 */
export const versions: Rule = function* (context) {
  for (const requirement of context.reading.requirements) {
    // A constraint installs nothing by itself.
    if (requirement.target.kind !== 'index' || requirement.constraint) continue;
    const { name, clauses } = requirement.target;
    const fixed = context.pins.fixed(name, requirement.marker);
    if (fixed === 'pinned') continue;
    yield aboutRequirement(requirement, {
      level: fixed === 'open' ? 'no-latest' : 'exact',
      problem: `${quote(requirement.text)} ${problemOf(clauses, fixed === 'open')}`,
      fix: fixOf(name, requirement, context),
    });
  }
};

function problemOf(clauses: readonly Clause[], open: boolean): string {
  if (clauses.length === 0) {
    return open
      ? 'names no version, so each Pod installs the newest release of the day it starts'
      : 'names no version, and its constraints are a range, so each Pod installs the newest release in it';
  }
  if (!open) return 'is a range, so each Pod installs the newest release in it on the day it starts';
  return 'has no upper bound, so each Pod installs the newest release of the day it starts';
}

function fixOf(name: string, { target, marker }: Requirement, { pins, known }: RequirementsContext): string {
  const extras = target.extras === undefined || target.extras.length === 0 ? '' : `[${target.extras.join(',')}]`;
  const suffix = marker === '' ? '' : ` ; ${marker}`;
  const version = pins.version(name) ?? known(normalizeName(name));
  if (version !== undefined)
    return `write ${name}${extras}==${version.text}${suffix}, the version that ${version.file} names`;
  const bounds = target.kind === 'index' ? target.clauses.map(showClause).join(',') : '';
  const wanted = bounds === '' ? 'with the version that you tested' : `with the version in ${bounds} that you tested`;
  return `write ${name}${extras}==VERSION${suffix}, ${wanted}, or add a pylock.toml`;
}
