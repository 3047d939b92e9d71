/** Workspaces: several packages in one repository, with one lock for all of them. A Function is one package. */
import { isJsonObject } from '../../../json/object.ts';
import type { SourceRule } from './rule.ts';

export const workspaces: SourceRule = ({ root }) => {
  const { workspaces: value } = root.json.value;
  const some = Array.isArray(value) ? value.length > 0 : isJsonObject(value);
  if (!some) return [];
  return [
    {
      code: 'dependencies-invalid',
      level: 'no-latest',
      file: root.file,
      ...root.json.positionOf(['workspaces'], 'key'),
      problem: 'workspaces would install the packages of other folders as well, and a Function is one package',
      fix: "make the Function's folder the source (dir=FOLDER in buildless.dev/source), or name what it needs with file:FOLDER",
    },
  ];
};
