import { Argument, type Command } from 'commander';
import { SHELLS, type Shell } from '../options/completion.ts';

/** `buildless completion`. */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'shell to print the script for').choices([...SHELLS]))
    .summary('print a completion script for a shell')
    .description(
      'Prints a script that completes subcommands, options and their values: files, namespaces, contexts, Functions of the ' +
        'cluster, and codes. "kubectl buildless" completes as well if kubectl_complete-buildless is on the PATH next to ' +
        'kubectl-buildless; kubectl finds it there (kubectl 1.26 or newer, with its own completion loaded).',
    )
    .addHelpText(
      'after',
      `
Examples:
  source <(buildless completion bash)
  buildless completion zsh > "\${fpath[1]}/_buildless"
  buildless completion fish > ~/.config/fish/completions/buildless.fish`,
    )
    .action(async (shell: Shell) => {
      const { printCompletionScript } = await import('../actions/completion.ts');
      process.exitCode = printCompletionScript(shell);
    });
}
