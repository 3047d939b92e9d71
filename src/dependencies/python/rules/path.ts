import { aboutRequirement, quote, type Rule } from './rule.ts';

/**
 * Archives and folders, by requirements and constraints.
 *
 * no-latest refuses: what is outside the source, what does not exist, a folder that is not a Python project
 * allowed: `./pkg-1.0-py3-none-any.whl`, `.`, `-e ./lib`, as the source is the same for each Pod
 */
export const paths: Rule = function* ({ reading, tree }) {
  for (const requirement of reading.requirements) {
    if (requirement.target.kind !== 'path') continue;
    const { path, written } = requirement.target;
    if (path === undefined) {
      yield aboutRequirement(requirement, {
        level: 'no-latest',
        problem: `${quote(requirement.text)} leads outside the Function's source`,
        fix: 'put the file into the source and write its path there, such as ./pkg-1.0-py3-none-any.whl, or take a version from an index with ==',
      });
    } else if (!tree.files.has(path) && !isProject(path, tree)) {
      yield aboutRequirement(
        requirement,
        {
          level: 'no-latest',
          problem: tree.folders.has(path)
            ? `${quote(written)} is a folder with neither pyproject.toml nor setup.py`
            : `${quote(written)} is not in the source (paths begin at its top, where pip runs)`,
          fix: 'correct the path, or add the file to the source',
        },
        'dependencies-invalid',
      );
    }
  }
};

const isProject = (folder: string, { files }: { readonly files: ReadonlyMap<string, unknown> }): boolean =>
  ['pyproject.toml', 'setup.py'].some((name) => files.has(folder === '' ? name : `${folder}/${name}`));
