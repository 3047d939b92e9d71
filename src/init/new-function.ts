/** Writes a new Function into a folder, and nothing over what is there. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../folders/make-folder.ts';
import type { RuntimeCatalogue } from '../function/runtimes.ts';
import type { Problem } from '../outcome/problem.ts';
import { assets } from './assets.ts';
import { editorFiles } from './editor.ts';
import { NEW_FUNCTIONS } from './languages.ts';
import type { NewFiles } from './languages/row.ts';
import { kustomizationOf, WORKLOAD_FILE, workloadOf } from './manifests.ts';
import type { ChosenTemplate } from './templates.ts';

const MOST_NAMED = 5;

/** All files of a new Function, by their paths in its folder. */
export function newFunction(name: string, chosen: ChosenTemplate, catalogue: RuntimeCatalogue): NewFiles {
  const { template } = chosen;
  const runtime = catalogue[chosen.runtime];
  if (runtime === undefined) throw new Error(`no runtime ${chosen.runtime}`);
  const row = NEW_FUNCTIONS.of(template.language);
  const made = { name, runtime, template };
  const all = assets(`templates/${template.folder}`);
  const code = Object.fromEntries([...template.code, ...template.tests].map((file) => [file, all.get(file) ?? '']));
  const source = row.source(made);
  return {
    ...code,
    ...source,
    ...row.others(made),
    'kustomization.yaml': kustomizationOf(name, [...template.code, ...Object.keys(source)]),
    [WORKLOAD_FILE]: workloadOf(name, chosen, runtime),
    '.gitignore': [...row.ignored, '.env*', ''].join('\n'),
    ...editorFiles(row),
  };
}

/**
 * @param folder is made if it does not exist
 * @returns what is in the way: then nothing was written
 */
export async function writeNewFunction(folder: string, files: NewFiles): Promise<Problem | undefined> {
  const names = Object.keys(files);
  const taken = names.filter((file) => existsSync(path.join(folder, file)));
  if (taken.length > 0) {
    const listed = taken.slice(0, MOST_NAMED).join(', ');
    const more = taken.length > MOST_NAMED ? ` and ${taken.length - MOST_NAMED} more` : '';
    return {
      file: folder,
      problem: `the folder already has ${listed}${more}; nothing was written`,
      fix: 'name another folder, or move these files away',
    };
  }
  try {
    for (const [file, content] of Object.entries(files)) {
      await makeFolder(path.dirname(path.join(folder, file)));
      // Never over a file that came in between, nor through a link.
      await writeFile(path.join(folder, file), content, { flag: 'wx' });
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) throw error;
    return {
      file: folder,
      problem: `the files cannot be written (${error.code})`,
      fix: 'name a folder that may be written',
    };
  }
  return undefined;
}
