/** How help and messages name the command if kubectl runs it. */
export const PLUGIN_NAME = 'kubectl buildless';
