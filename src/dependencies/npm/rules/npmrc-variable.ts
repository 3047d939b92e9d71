/**
 * `${NAME}`: npm puts the Pod's environment in its place, so that nothing can be said of the line at admission. What is said of
 * one host (`//HOST/:_authToken=${NPM_TOKEN}`, as many repositories have it) opens a door and does not choose what is behind it.
 */
import { variableIn } from '../npmrc.ts';
import { installs } from '../source.ts';
import { aboutLine } from './npmrc-finding.ts';
import type { SourceRule } from './rule.ts';

export const npmrcVariable: SourceRule = (source) =>
  installs(source)
    ? source.npmrc.settings.flatMap((setting) => {
        const name = variableIn(setting.key) ?? (setting.key.startsWith('//') ? undefined : variableIn(setting.value));
        if (name === undefined) return [];
        return [
          aboutLine(setting, {
            code: 'dependencies-float',
            problem: `what \${${name}} stands for is known only when a Pod starts`,
            fix: 'write the value itself, or remove the line; credentials belong in .npmrc of the Secret in buildless.dev/registry',
          }),
        ];
      })
    : [];
