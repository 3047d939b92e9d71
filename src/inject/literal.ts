/**
 * Writes a string so that the kubelet hands it on as it is: in `command`, `args` and `env[].value` it expands `$(NAME)` and
 * shortens `$$`.
 * Source: https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export const literal = (text: string): string => (text.includes('$') ? text.replaceAll('$', '$$$$') : text);
