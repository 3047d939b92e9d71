import { aboutRequirement, quote, type Rule } from './rule.ts';

/**
 * Projects in the source whose dependencies are decided by code that runs in the Pod: setup.py, or `dynamic` in
 * pyproject.toml (PEP 621).
 *
 * no-latest refuses: such a project, as what it needs cannot be known; what a pyproject.toml lists goes by the other rules
 */
export const dynamicProjects: Rule = function* ({ dynamic }) {
  for (const requirement of dynamic) {
    yield aboutRequirement(requirement, {
      level: 'no-latest',
      problem: `what ${quote(requirement.text)} depends on is decided only when it is built in the Pod`,
      fix: 'list the dependencies, with versions, under [project] of its pyproject.toml',
    });
  }
};
