/** The runtime of a source that is a folder: as the user says, or as the folder says to other tools. */
import path from 'node:path';
import { engineOf } from '../function/engine.ts';
import { languageNames } from '../function/languages.ts';
import type { RuntimeCatalogue } from '../function/runtimes.ts';
import type { Problem } from '../outcome/problem.ts';
import { handlerLanguages } from './classify.ts';
import { RUNTIME_FACTS } from './languages.ts';
import type { VersionFact } from './languages/row.ts';
import { fileIn } from './paths.ts';
import { readSmallFile } from './small-file.ts';

export interface ChosenRuntime {
  readonly name: string;
  /** `--runtime`, or the place in the folder. */
  readonly from: string;
}

/**
 * Of several runtimes that fit, the oldest that is not deprecated: a newer one that is added to the catalogue later must not
 * change what an unchanged folder runs on.
 *
 * @param given with `--runtime`
 */
export function runtimeOf(
  folder: string,
  given: string | undefined,
  catalogue: RuntimeCatalogue,
): ChosenRuntime | Problem {
  const configured = Object.keys(catalogue).join(', ');
  if (given !== undefined) {
    if (Object.hasOwn(catalogue, given)) return { name: given, from: '--runtime' };
    return { problem: `unknown runtime "${given}"`, fix: `choose one of ${configured}` };
  }
  const own = handlerLanguages(folder);
  // A language that a program has added may say nothing about versions.
  const languages = (own.length > 0 ? own : languageNames()).filter((language) => RUNTIME_FACTS.has(language));
  const read = (file: string): string | undefined => readSmallFile(path.join(folder, file));
  const found = languages.flatMap((language) => {
    const [fact] = RUNTIME_FACTS.of(language).facts(read);
    return fact === undefined ? [] : [{ language, fact }];
  });
  const [first, second] = found;
  if (first === undefined) {
    const broken = languages.flatMap((language) => RUNTIME_FACTS.of(language).unreadable(read) ?? [])[0];
    if (broken !== undefined) {
      const { file = '', problem } = broken;
      return {
        ...broken,
        file: fileIn(folder, file),
        problem: `the runtime is not known, because ${file} cannot be read: ${problem}`,
      };
    }
    const places = languages.flatMap((language) => RUNTIME_FACTS.of(language).places);
    return {
      file: folder,
      problem: `the runtime is not known: ${[...places, '--runtime'].join(', ')} are all missing`,
      fix: `write one of them, or give --runtime with one of ${configured}`,
    };
  }
  if (second !== undefined) {
    return {
      file: folder,
      problem: `the runtime is not known: ${[first, second].map(({ fact }) => `${fact.from} is ${quoted(fact)}`).join(', and ')}`,
      fix: 'give --runtime, or remove the one that the Function does not use',
    };
  }
  return match(folder, first, catalogue);
}

const quoted = ({ text }: VersionFact): string => `"${text.slice(0, 100)}"`;

function match(
  folder: string,
  { language, fact }: { readonly language: string; readonly fact: VersionFact },
  catalogue: RuntimeCatalogue,
): ChosenRuntime | Problem {
  // What asks for a version of Node.js does not ask for Bun.
  const runtimes = Object.entries(catalogue).filter(
    ([, runtime]) => runtime.language === language && engineOf(runtime) === undefined,
  );
  const names = runtimes.map(([name]) => name).join(', ');
  const { admits, from } = fact;
  if (admits === undefined) {
    return {
      file: folder,
      problem: `${from} is ${quoted(fact)}, which names no versions that can be compared`,
      fix: `write a version, or give --runtime with one of ${names}`,
    };
  }
  const fitting = runtimes.filter(([, runtime]) => admits(runtime));
  const [chosen] = [...fitting].sort(
    ([, one], [, other]) =>
      Number(one.deprecated !== undefined) - Number(other.deprecated !== undefined) ||
      one.version.localeCompare(other.version, 'en', { numeric: true }),
  );
  if (chosen !== undefined) return { name: chosen[0], from };
  return {
    file: folder,
    problem: `${from} is ${quoted(fact)}, and no configured runtime fits`,
    fix: `correct it, or give --runtime with one of ${names}`,
  };
}
