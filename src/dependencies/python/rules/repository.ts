import { aboutRequirement, quote, type Rule } from './rule.ts';

/**
 * Repositories (git+https, hg+https, ...), by requirements and constraints.
 *
 * no-latest refuses: no revision, a branch, a tag, a short commit; every revision of svn and bzr, which are numbers that
 *   another server counts differently; a repository on the Pod's own disk
 * allowed: the 40 (or, with SHA-256, 64) hexadecimal digits of a commit
 */
export const repositories: Rule = function* ({ reading }) {
  for (const requirement of reading.requirements) {
    if (requirement.target.kind !== 'repository') continue;
    const { revision, system, url } = requirement.target;
    const hasCommits = system === 'git' || system === 'hg';
    const isCommit = revision !== undefined && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(revision);
    const isLocal = /^\w+\+file:/i.test(url);
    if (hasCommits && isCommit && !isLocal) continue;
    yield aboutRequirement(requirement, {
      level: 'no-latest',
      problem: `${quote(requirement.text)} ${problemOf(revision, hasCommits, isLocal)}`,
      fix:
        isLocal || !hasCommits
          ? 'take a version from an index with ==, or a Git repository at a commit'
          : `write the whole commit behind the repository, @ and 40 hexadecimal digits${revision === undefined ? '' : ` in place of @${revision}`}`,
    });
  }
};

function problemOf(revision: string | undefined, hasCommits: boolean, isLocal: boolean): string {
  if (isLocal) return 'is a repository on the disk of the Pod, which has none';
  if (!hasCommits) return 'is a repository whose revisions are numbers, not hashes of what they hold';
  if (revision === undefined) return 'names no commit, so each Pod installs the newest of the day it starts';
  return /^[0-9a-f]{4,39}$/i.test(revision)
    ? `names "${revision}", which is not a full commit, so it may point to another one later`
    : `names "${revision}", a branch or tag that can be moved`;
}
