import type { Language } from '../function/languages.ts';

/** Kyma's runtimes (function_types.go), those it has dropped since included, and what takes their place. */
const RUNTIMES: Readonly<
  Record<string, { readonly language: Language; readonly runtime: string; readonly note?: string }>
> = {
  nodejs24: { language: 'nodejs', runtime: 'nodejs24' },
  nodejs22: { language: 'nodejs', runtime: 'nodejs22' },
  nodejs20: {
    language: 'nodejs',
    runtime: 'nodejs20',
    note: 'nodejs20 is deprecated, in Kyma and here; move to nodejs22',
  },
  nodejs18: { language: 'nodejs', runtime: 'nodejs22', note: 'nodejs18 is gone, so the Function gets nodejs22' },
  nodejs16: { language: 'nodejs', runtime: 'nodejs22', note: 'nodejs16 is gone, so the Function gets nodejs22' },
  nodejs14: { language: 'nodejs', runtime: 'nodejs22', note: 'nodejs14 is gone, so the Function gets nodejs22' },
  nodejs12: { language: 'nodejs', runtime: 'nodejs22', note: 'nodejs12 is gone, so the Function gets nodejs22' },
  python312: { language: 'python', runtime: 'python312' },
  python39: { language: 'python', runtime: 'python312', note: 'python39 is gone, so the Function gets python312' },
  python38: { language: 'python', runtime: 'python312', note: 'python38 is gone, so the Function gets python312' },
};

export const KYMA_RUNTIMES: readonly string[] = Object.keys(RUNTIMES);

export const convertRuntime = (name: string): (typeof RUNTIMES)[string] | undefined =>
  Object.hasOwn(RUNTIMES, name) ? RUNTIMES[name] : undefined;
