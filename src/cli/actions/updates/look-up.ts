import { resolverFiles } from '../../../dependencies/lock-files.ts';
import { isFailure, type LockFailure } from '../../../lock/lock.ts';
import { callersContext } from '../../../lock/tool-context.ts';
import { inTurn } from '../../../updates/in-turn.ts';
import { UPDATES } from '../../../updates/languages.ts';
import type { Direct, Pin } from '../../../updates/pin.ts';
import type { AskingSource, Registry, Standing } from '../../../updates/registry.ts';
import type { UpdateSourceOptions } from '../../options/updates.ts';
import { printNote } from '../../terminal.ts';
import type { Target } from '../lock/targets.ts';
import type { OpenSource } from '../lock/open-sources.ts';

/** A pin, and what its registry says about it. */
export interface LookedUp {
  readonly pin: Pin;
  readonly standing: Standing | LockFailure;
}

/** @returns the last point in time at which a version may have been published */
export const beforeOf = ({ minimumAge }: Pick<UpdateSourceOptions, 'minimumAge'>, now: Date): string | undefined =>
  minimumAge === undefined ? undefined : new Date(now.getTime() - minimumAge * 1000).toISOString();

export const directOf = ({ files }: OpenSource, { language }: Target): Direct => UPDATES.of(language).directOf(files);

/** Asks the registries of a source about its pins, about each version once. */
export async function lookUp(
  source: OpenSource,
  target: Target,
  pins: readonly Pin[],
  options: UpdateSourceOptions,
  before: string | undefined,
): Promise<readonly LookedUp[] | LockFailure> {
  if (pins.length === 0) return [];
  return await withRegistry(source, target, options, async (registry) => {
    const versions = new Map<string, Pin>(pins.map((pin) => [`${pin.name} ${pin.version}`, pin]));
    const answers = new Map(
      await inTurn([...versions], async ([key, pin]) => [key, await registry.standingOf(pin, before)] as const),
    );
    return pins.flatMap((pin) => {
      const standing = answers.get(`${pin.name} ${pin.version}`);
      return standing === undefined ? [] : [{ pin, standing }];
    });
  });
}

/** Opens the registries of a source. */
export async function withRegistry<Result>(
  { name, files }: OpenSource,
  { language, version, builds }: Target,
  { platform: platforms, installScripts }: UpdateSourceOptions,
  work: (registry: Registry) => Promise<Result>,
): Promise<Result | LockFailure> {
  const read = resolverFiles(files, language);
  const source: AskingSource = { name, files: read, version, platforms, builds: builds || installScripts };
  return await UPDATES.of(language).withRegistry(source, callersContext(printNote), work);
}

/** A standing that is known. */
export const isKnown = (each: LookedUp): each is LookedUp & { readonly standing: Standing } =>
  !isFailure(each.standing);
