import { Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { complete, kindOf } from '../../../src/cli/completion/complete.ts';
import { printed } from '../../../src/cli/completion/protocol.ts';
import { ARGUMENT_KINDS, OPTION_KINDS, type Lookup } from '../../../src/cli/completion/values.ts';

const program = (): Command => {
  const root = new Command('buildless').option('-q, --quiet', 'print less').version('1.0.0');
  root
    .command('validate')
    .summary('judge')
    .argument('[path...]')
    .option('-f, --filename <path...>', 'files')
    .addOption(new Option('-o, --output <form>', 'form').choices(['text', 'json', 'sarif']))
    .option('-R, --recursive', 'subfolders')
    .option('-n, --namespace <name>', 'namespace');
  root.command('history').argument('<name>').option('-n, --namespace <name>').option('--kubeconfig <file>');
  root.command('invoke').argument('[name]').option('-n, --namespace <name>');
  root.command('run').argument('[path...]').option('-f, --filename <path...>').option('--function <name>');
  root.command('hidden', { hidden: true });
  return root;
};

/** Values with what was asked, so that a test sees it. */
const lookup: Lookup = (kind, given) =>
  Promise.resolve([{ value: `${kind}-a`, description: [...given].map((pair) => pair.join('=')).join(' ') }]);

const FILES = 'files';

async function values(line: string): Promise<readonly string[] | typeof FILES> {
  const { candidates, files } = await complete(program(), line.split(' '), lookup);
  return files ? FILES : candidates.map(({ value }) => value);
}

describe('completion', () => {
  it.each([
    ['', ['validate', 'history', 'invoke', 'run', 'help']],
    ['va', ['validate']],
    ['-', ['--quiet', '--version', '--help']],
    ['validate --', ['--filename', '--output', '--recursive', '--namespace', '--help', '--quiet']],
    ['validate -o ', ['text', 'json', 'sarif']],
    ['validate --output j', ['json']],
    ['validate --output=s', ['sarif']],
    ['validate --output = s', ['sarif']],
    ['validate --output =', ['text', 'json', 'sarif']],
    ['validate -q --output j', ['json']],
    ['validate -R ', FILES],
    ['validate ', FILES],
    ['validate a b ', FILES],
    ['validate -f a ', FILES],
    ['validate -f a -o ', ['text', 'json', 'sarif']],
    ['validate -n ', ['namespace-a']],
    ['validate -- -', FILES],
    ['history ', ['function-a']],
    ['history x ', []],
    ['invoke ', ['callable-a']],
    ['run -f x --function ', ['template-a']],
    ['history x', []],
    ['nothing-like-it ', []],
  ])('%j offers %j', async (line, expected) => {
    expect(await values(line)).toEqual(expected);
  });

  it('asks the cluster that the options before name', async () => {
    const { candidates } = await complete(program(), ['history', '-n', 'shop', '--kubeconfig=here', 'fun'], lookup);
    expect(candidates).toEqual([{ value: 'function-a', description: 'namespace=shop kubeconfig=here' }]);
  });

  it('answers in the form of cobra: a description after a tab, the directive last', () => {
    expect(printed({ candidates: [{ value: 'a', description: 'one\ntwo' }, { value: 'b' }], files: false })).toBe(
      'a\tone two\nb\n:4\n',
    );
    expect(printed({ candidates: [], files: true })).toBe(':0\n');
  });
});

it('knows what the value of every option and argument of the command is', async () => {
  const { buildProgram } = await import('../../../src/cli/program.ts');
  const commands = buildProgram('buildless').commands;
  const unknown = commands.flatMap((command) => [
    ...command.options
      .filter((option) => !option.isBoolean() && option.argChoices === undefined)
      .filter((option) => !(option.attributeName() in OPTION_KINDS))
      .map(({ long }) => `${command.name()} ${String(long)}`),
    ...command.registeredArguments
      .filter((argument) => argument.argChoices === undefined && !(argument.name() in ARGUMENT_KINDS))
      .map((argument) => `${command.name()} ${argument.name()}`),
  ]);
  expect(unknown).toEqual([]);
  const kinds = new Set(commands.flatMap((command) => command.options.map((option) => kindOf(option))));
  expect(kinds).toContain('namespace');
});
