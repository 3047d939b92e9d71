import { aboutRequirement, quote, type Rule } from './rule.ts';

/** Lines of a constraints file that pip refuses (`check_invalid_constraint_type` of its req_install.py). */
export const constraints: Rule = function* ({ reading }) {
  for (const requirement of reading.requirements) {
    if (!requirement.constraint) continue;
    const { name, extras = [] } = requirement.target;
    const problem = requirement.editable
      ? 'is editable, which a constraint cannot be'
      : name === undefined
        ? 'has no name, which a constraint must have'
        : extras.length > 0
          ? 'has extras, which a constraint cannot have'
          : undefined;
    if (problem === undefined) continue;
    yield aboutRequirement(
      requirement,
      {
        level: 'no-latest',
        problem: `${quote(requirement.text)} ${problem}`,
        fix: 'write it as NAME==VERSION, or include the file with -r instead of -c',
      },
      'dependencies-invalid',
    );
  }
};
