/**
 * `file:` paths: a folder of the source is judged as the source is, of an archive only the lock tells what it asks for, and
 * outside there is nothing in a Pod.
 */
import { packageJsonFile } from '../package-json.ts';
import { lockAdvice } from './advice.ts';
import type { Objection, SpecRule } from './rule.ts';

export const path: SpecRule = ({ asked, spec }, source) => {
  const { files, locked } = source;
  if (spec.kind !== 'file' && spec.kind !== 'directory') return undefined;
  if (spec.path === undefined) {
    return refuse(
      'a path outside the source, where a Pod has nothing',
      'copy it into the source, or take the package from a registry',
    );
  }
  if (spec.kind === 'file') {
    if (!files.has(spec.path))
      return refuse(`a file that is not in the source`, `add ${spec.path}, or correct the path`);
    if (locked) return undefined;
    return {
      code: 'dependencies-float',
      level: 'no-latest',
      problem: 'an archive, and what it asks for itself is not seen and may float',
      fix: `unpack it into a folder of the source and write file:FOLDER, or ${lockAdvice(source)}`,
    };
  }
  if (spec.path === asked.packageJson.folder) {
    return refuse('the folder that asks for it', 'remove it, or write the path of another folder');
  }
  const packageJson = packageJsonFile(spec.path);
  return files.has(packageJson)
    ? undefined
    : refuse('a folder of the source without a package.json', `add ${packageJson}, or correct the path`);
};

const refuse = (problem: string, fix: string): Objection => ({
  code: 'dependencies-invalid',
  level: 'no-latest',
  problem,
  fix,
});
