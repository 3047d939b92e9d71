import type { Argument, Command, Option } from 'commander';
import type { Candidate, Completion } from './protocol.ts';
import { ARGUMENT_KINDS, OPTION_KINDS, type Kind, type Lookup } from './values.ts';

/** Where the unfinished word is. */
interface Position {
  readonly command: Command;
  /** Finished arguments of the command. */
  readonly arguments: number;
  /** The option whose value it is. */
  readonly option?: Option;
  readonly given: ReadonlyMap<string, string>;
  /** Whether `--` was given: no option follows. */
  readonly onlyArguments: boolean;
}

/**
 * What fits at the end of a command line.
 *
 * @param words after the program's name; the last one is unfinished, and may be empty
 */
export async function complete(program: Command, words: readonly string[], lookup: Lookup): Promise<Completion> {
  const joined = joinedWords(words);
  const position = positionAfter(program, joined.slice(0, -1));
  const current = joined.at(-1) ?? '';
  const { command, option, onlyArguments, given } = position;
  const value = valueBegun(command, current);
  if (value !== undefined && !onlyArguments) return await valuesOf(value.option, value.begun, given, lookup);
  if (option !== undefined) return await valuesOf(option, current, given, lookup);
  if (current.startsWith('-') && !onlyArguments) return fitting(optionsOf(command), current);
  if (command.commands.length > 0) return fitting(position.arguments === 0 ? subcommandsOf(command) : [], current);
  const argument = argumentAt(command, position.arguments);
  if (argument === undefined) return { candidates: [], files: false };
  return await valuesOf(argument, current, given, lookup, command);
}

/** bash hands over `--output=json` as three words. */
function joinedWords(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const word of words) {
    const before = joined.at(-1);
    const belongs = word === '=' ? before?.startsWith('--') : before?.startsWith('--') && before.endsWith('=');
    if (belongs === true) joined.push(`${joined.pop() ?? ''}${word}`);
    else joined.push(word);
  }
  return joined;
}

function positionAfter(program: Command, words: readonly string[]): Position {
  let command = program;
  let count = 0;
  let option: Option | undefined;
  let onlyArguments = false;
  const given = new Map<string, string>();
  for (const word of words) {
    if (!onlyArguments && word === '--') {
      onlyArguments = true;
      option = undefined;
    } else if (!onlyArguments && word.startsWith('-') && word !== '-') {
      const equals = word.indexOf('=');
      const found = optionNamed(command, equals < 0 ? word : word.slice(0, equals));
      if (found !== undefined && equals >= 0) given.set(found.attributeName(), word.slice(equals + 1));
      option = equals < 0 && found?.isBoolean() === false ? found : undefined;
    } else if (option === undefined) {
      const next = command.commands.find((each) => each.name() === word);
      if (next === undefined) count += 1;
      else command = next;
    } else {
      given.set(option.attributeName(), word);
      if (!option.variadic) option = undefined;
    }
  }
  return { command, arguments: count, given, onlyArguments, ...(option !== undefined && { option }) };
}

/** `--name=begun`. */
function valueBegun(command: Command, word: string): { readonly option: Option; readonly begun: string } | undefined {
  const equals = word.indexOf('=');
  if (!word.startsWith('--') || equals < 0) return undefined;
  const option = optionNamed(command, word.slice(0, equals));
  return option === undefined ? undefined : { option, begun: word.slice(equals + 1) };
}

/** The command's own options and those of the commands above it. */
function allOptions(command: Command): readonly Option[] {
  const own = command.createHelp().visibleOptions(command);
  return command.parent === null
    ? own
    : [...own, ...command.parent.options.filter((each) => each.long !== '--version')];
}

const optionNamed = (command: Command, name: string): Option | undefined =>
  allOptions(command).find(({ long, short }) => name === long || name === short);

const optionsOf = (command: Command): readonly Candidate[] =>
  allOptions(command).flatMap(({ long, description }) =>
    typeof long === 'string' ? [{ value: long, description }] : [],
  );

const subcommandsOf = (command: Command): readonly Candidate[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .map((each) => ({ value: each.name(), description: each.summary() }));

function argumentAt(command: Command, count: number): Argument | undefined {
  const last = command.registeredArguments.at(-1);
  return command.registeredArguments[count] ?? (last?.variadic === true ? last : undefined);
}

async function valuesOf(
  place: Option | Argument,
  current: string,
  given: ReadonlyMap<string, string>,
  lookup: Lookup,
  command?: Command,
): Promise<Completion> {
  if (place.argChoices !== undefined)
    return fitting(
      place.argChoices.map((value) => ({ value })),
      current,
    );
  const kind = kindOf(place, command?.name());
  if (kind === 'file') return { candidates: [], files: true };
  return fitting(kind === 'none' ? [] : await lookup(kind, given), current);
}

export function kindOf(place: Option | Argument, command = ''): Kind {
  if ('attributeName' in place) return OPTION_KINDS[place.attributeName()] ?? 'none';
  return ARGUMENT_KINDS[`${command} ${place.name()}`] ?? ARGUMENT_KINDS[place.name()] ?? 'none';
}

const fitting = (candidates: readonly Candidate[], current: string): Completion => ({
  candidates: candidates.filter(({ value }) => value.startsWith(current)),
  files: false,
});
