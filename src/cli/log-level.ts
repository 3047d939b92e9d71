import { Option } from 'commander';

/** Of every command that is a server. */
export const logLevelOption = (): Option =>
  new Option('--log-level <level>', 'least level of the log')
    .choices(['debug', 'info', 'warn', 'error'])
    .default('info');
