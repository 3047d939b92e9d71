import type { Reading } from '../dependencies/row.ts';
import type { SourceFiles } from '../function/files.ts';
import { LanguageRows } from '../function/languages.ts';
import { whyNotBun, whyNotChosenBun } from './bun.ts';
import { whyNotChosenUv, whyNotUv } from './uv.ts';

/** Why an installer is not for a source, by the version of the language; undefined if it is. */
export interface WhyNot {
  /** Its result could be another one than that of the installers after it. */
  readonly auto: (version: string) => string | undefined;
  /** It cannot install the source, even for an author who chose it. */
  readonly chosen: (version: string) => string | undefined;
}

/** For the installers of a language that cannot install every source, by name; reads the files once for all versions. */
export type InstallerRow = Readonly<Record<string, (files: SourceFiles, reading: Reading | undefined) => WhyNot>>;

export const WHY_NOT = new LanguageRows<InstallerRow>('src/installers', {
  nodejs: {
    bun: (files, reading) => ({
      auto: (version) => whyNotBun(files, version, reading?.npm),
      chosen: (version) => whyNotChosenBun(files, version, reading?.npm),
    }),
  },
  python: {
    uv: (files) => {
      const [auto, chosen] = [whyNotUv(files), whyNotChosenUv(files)];
      return { auto: () => auto, chosen: () => chosen };
    },
  },
});
