import { Option, type Command } from 'commander';

/** Which cluster a command works on, by kubectl's names. */
export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** Gives a subcommand the options of kubectl that choose a cluster. */
export const onCluster = (command: Command): Command =>
  command
    .option('--kubeconfig <file>', 'cluster to use (default: as kubectl finds it)')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)');

/** Forms of output of every command that looks at a cluster. */
export const FORMS = ['table', 'wide', 'json', 'yaml'] as const;
export type Form = (typeof FORMS)[number];

/** `-o`, as kubectl has it. */
export const outputOption = (): Option =>
  new Option('-o, --output <form>', 'form of the output').choices([...FORMS]).default('table');
