import { aboutLine, type Rule } from './rule.ts';

/** `${NAME}`: pip puts the Pod's environment in its place, so that nothing can be said of the line at admission. */
export const variables: Rule = function* ({ reading }) {
  for (const variable of reading.variables) {
    yield aboutLine(variable, variable.text, {
      level: 'no-latest',
      problem: `what \${${variable.name}} stands for is known only when a Pod starts`,
      fix: 'write the value itself; credentials of an index belong in pip.conf of the Secret in buildless.dev/registry',
    });
  }
};
