import type { SourceFiles } from '../function/files.ts';
import { LanguageRows } from '../function/languages.ts';
import { npmPins } from './npm/pins.ts';
import { withNpm } from './npm/registry.ts';
import type { Direct } from './pin.ts';
import { pythonPins } from './python/pins.ts';
import { withIndex } from './python/index.ts';
import type { WithRegistry } from './registry.ts';

/** How a language's dependencies move to newer versions. */
interface UpdateRow {
  readonly directOf: (files: SourceFiles) => Direct;
  readonly withRegistry: WithRegistry;
}

export const UPDATES = new LanguageRows<UpdateRow>('src/updates', {
  nodejs: { directOf: npmPins, withRegistry: withNpm },
  python: { directOf: pythonPins, withRegistry: withIndex },
});
