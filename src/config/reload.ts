/** Follows the configuration's file. Loads zod and yaml with load.ts. */
import type { Configuration } from './configuration.ts';
import { withOwnToolkit } from './kept-toolkit.ts';
import { parseConfiguration, readText } from './load.ts';
import type { Problem } from '../outcome/problem.ts';

export interface WatchOptions {
  /** A new configuration is in force. */
  readonly onChange: (configuration: Configuration, warnings: readonly Problem[]) => void;
  /** The file changed and is bad, or is gone; the last good configuration stays. Called once for each change. */
  readonly onError: (findings: readonly Problem[]) => void;
  /** Between two looks at the file. */
  readonly intervalMilliseconds?: number;
}

export interface WatchedConfiguration {
  /** The last good one. */
  readonly current: () => Configuration;
  /** Of the first load. */
  readonly warnings: readonly Problem[];
  readonly stop: () => void;
}

/**
 * Loads the configuration and looks at the file again and again. It reads the text instead of asking for file events or
 * modification times: the kubelet swaps a symlink two levels above the file (`..data`), which no watch of the file sees,
 * and the text is small. A change is taken when two looks find it alike.
 *
 * @returns the findings where the first load fails: there is no last good one yet
 */
export async function watchConfiguration(
  file: string,
  { onChange, onError, intervalMilliseconds = 2000 }: WatchOptions,
): Promise<WatchedConfiguration | { readonly findings: readonly Problem[] }> {
  const first = await readText(file);
  if ('finding' in first) return { findings: [first.finding] };
  const loaded = parseConfiguration(first.text, file);
  if ('findings' in loaded) return loaded;

  let { configuration } = loaded;
  // What was seen last, and what was judged last: the text, or why there was none.
  let seen = first.text;
  let judged = first.text;
  let stopped = false;
  let timer: NodeJS.Timeout;

  const look = async (): Promise<void> => {
    const read = await readText(file);
    if (stopped) return;
    const now = 'finding' in read ? `unreadable: ${read.finding.problem}` : read.text;
    const settled = now === seen;
    seen = now;
    // Seen twice: the first time may have been within a write, and half a file, or none of it, can be a good configuration.
    if (settled && now !== judged) {
      judged = now;
      const result = 'finding' in read ? { findings: [read.finding] } : parseConfiguration(read.text, file);
      if ('findings' in result) {
        onError(result.findings);
      } else {
        const own = withOwnToolkit(configuration, result.configuration);
        ({ configuration } = own);
        onChange(configuration, [...result.warnings, ...own.warnings]);
      }
    }
    schedule();
  };
  const schedule = (): void => {
    timer = setTimeout(() => void look(), intervalMilliseconds).unref();
  };
  schedule();
  return {
    current: () => configuration,
    warnings: loaded.warnings,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
