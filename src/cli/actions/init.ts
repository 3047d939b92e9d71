import { functionNameOf } from '../../folders/name.ts';
import { plainPath } from '../../folders/paths.ts';
import { engineOf } from '../../function/engine.ts';
import type { Language } from '../../function/languages.ts';
import type { Runtime } from '../../function/runtimes.ts';
import { NEW_FUNCTIONS } from '../../init/languages.ts';
import { newFunction, writeNewFunction } from '../../init/new-function.ts';
import { chooseTemplate } from '../../init/templates.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import type { InitOptions } from '../options/init.ts';
import { printFindings, printNote } from '../terminal.ts';
import { readConfiguration } from './input.ts';

/** `buildless init`. */
export async function initFunction(options: InitOptions): Promise<ExitStatus> {
  const configuration = await readConfiguration(options.config);
  if (configuration === undefined) return EXIT.wrongInput;
  const folder = plainPath(options.folder);
  const name = functionNameOf(folder, options.name);
  const chosen = chooseTemplate(options, configuration.runtimes);
  if (typeof name !== 'string' || 'problem' in chosen) {
    if (typeof name !== 'string') printFindings('error', [name]);
    if ('problem' in chosen) printFindings('error', [chosen]);
    return EXIT.wrongInput;
  }
  const files = newFunction(name, chosen, configuration.runtimes);
  const inTheWay = await writeNewFunction(folder, files);
  if (inTheWay !== undefined) {
    printFindings('error', [inTheWay]);
    return EXIT.wrongInput;
  }
  const { template, runtime } = chosen;
  printNote(
    `${folder}: the Function ${name} from the template ${template.name}, on ${runtime}, in ${Object.keys(files).length} files`,
  );
  const steps = [
    ...(folder === '.' ? [] : [`cd ${/^[\w./-]+$/.test(folder) ? folder : JSON.stringify(folder)}`]),
    testsOf(template.language, configuration.runtimes[runtime]),
    'buildless run -f . --watch',
    'kubectl apply -k .',
  ];
  printNote(`Next:\n${steps.map((step) => `  ${step}`).join('\n')}`);
  return EXIT.done;
}

/** The command for the tests of a new Function, and on its runtime's own program if that is another one. */
function testsOf(language: Language, runtime: Runtime | undefined): string {
  const { test, testOn = {} } = NEW_FUNCTIONS.of(language);
  const engine = runtime === undefined ? undefined : engineOf(runtime);
  const there = engine === undefined ? undefined : testOn[engine.command];
  return there === undefined ? test : `${test}   # on ${engine?.title ?? ''}: ${there}`;
}
