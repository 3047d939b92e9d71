import { LANGUAGES } from './languages.ts';
import type { Engine } from './languages/traits.ts';
import type { Runtime } from './runtimes.ts';

/** What runs a runtime's programs, if it is not the language's own interpreter: by its command, wherever that is. */
export function engineOf({ language, interpreter }: Pick<Runtime, 'language' | 'interpreter'>): Engine | undefined {
  const { engines = {} } = LANGUAGES.of(language);
  const command = interpreter.slice(interpreter.lastIndexOf('/') + 1);
  return Object.hasOwn(engines, command) ? engines[command] : undefined;
}
