import { Option, type Command } from 'commander';
import { FORMS } from '../options/cluster.ts';

/** Gives a subcommand the options of kubectl that choose a cluster. */
export const onCluster = (command: Command): Command =>
  command
    .option('--kubeconfig <file>', 'cluster to use (default: as kubectl finds it)')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)');

/** `-o`, as kubectl has it. */
export const outputOption = (): Option =>
  new Option('-o, --output <form>', 'form of the output').choices([...FORMS]).default('table');
