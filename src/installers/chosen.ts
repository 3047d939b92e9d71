import type { SourceFiles } from '../function/files.ts';
import type { FastInstaller } from '../function/installers.ts';
import { whyNotChosenBun } from './bun.ts';

/** uv says it in the Pod. */
const WHY_NOT: Readonly<Record<FastInstaller, (files: SourceFiles, version: string) => string | undefined>> = {
  bun: whyNotChosenBun,
  uv: () => undefined,
};

/** A source is read once and looked at in each review of its Function's Pods. */
const known = new WeakMap<SourceFiles, Map<string, string | undefined>>();

/**
 * Why an installer that was chosen cannot install a source. It never reads another file instead, and no other installer takes
 * over, so this is an error.
 *
 * @param version of the runtime's language, e.g. `22`
 */
export function whyNotChosen(installer: FastInstaller, files: SourceFiles, version: string): string | undefined {
  const answers = known.get(files) ?? new Map<string, string | undefined>();
  const key = `${installer} ${version}`;
  if (!answers.has(key)) answers.set(key, WHY_NOT[installer](files, version));
  known.set(files, answers);
  return answers.get(key);
}
