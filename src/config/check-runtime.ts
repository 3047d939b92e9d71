/** What can be known of an administrator's runtime before its first Pod fails. */
import { engineOf } from '../function/engine.ts';
import { languageNames, LANGUAGES, type Language } from '../function/languages.ts';
import type { Runtime } from '../function/runtimes.ts';
import type { Fault } from './explain.ts';

export function runtimeFaults(name: string, runtime: Runtime): readonly Fault[] {
  const faultAt = (field: 'version' | 'interpreter' | 'libc', problem: string, fix: string): Fault => ({
    path: ['runtimes', name, field],
    atKey: false,
    problem,
    fix,
  });
  const { language, version, interpreter, libc } = runtime;
  const { title, version: form } = LANGUAGES.of(language);
  if (!form.pattern.test(version))
    return [faultAt('version', `"${version}" is not a version of ${language} as the catalogue has it`, form.fix)];
  const faults: Fault[] = [];
  if (isOlder(version, form.oldest)) {
    const problem = `the server of Functions does not run on ${title} ${version}`;
    faults.push(faultAt('version', problem, `use ${title} ${form.oldest} or newer`));
  }
  const others = languageNames().filter((other) => runs(interpreter, other));
  const [other] = others;
  if (other !== undefined && !others.includes(language)) {
    const problem = `"${interpreter}" runs ${LANGUAGES.of(other).title}, and the language of the runtime is ${language}`;
    faults.push(faultAt('interpreter', problem, `write language: ${other}, or a command that runs ${title}`));
  }
  const engine = engineOf(runtime);
  if (engine !== undefined && libc === 'musl') {
    const problem = `nothing can install packages for ${engine.title} with musl: its image has no installer, and those of the toolkit need glibc`;
    faults.push(faultAt('libc', problem, 'use an image with glibc'));
  }
  return faults;
}

/** Both as the catalogue writes them. */
function isOlder(version: string, oldest: string): boolean {
  const [parts, least] = [version, oldest].map((text) => text.split('.').map(Number));
  for (const [index, wanted] of (least ?? []).entries()) {
    const part = parts?.[index] ?? 0;
    if (part !== wanted) return part < wanted;
  }
  return false;
}

/** Whether a command is known to run a language: `/opt/bin/python3.12` is Python. What is not known may run any. */
function runs(interpreter: string, language: Language): boolean {
  const { runtimes, interpreterAliases, engines = {} } = LANGUAGES.of(language);
  const known = [
    ...Object.values(runtimes).map((row) => row.interpreter),
    ...interpreterAliases,
    ...Object.keys(engines),
  ];
  return known.some((each) => commandOf(each) === commandOf(interpreter));
}

/** Without its folder and its version. */
const commandOf = (interpreter: string): string =>
  interpreter.slice(interpreter.lastIndexOf('/') + 1).replace(/[\d.]{1,20}$/, '');
