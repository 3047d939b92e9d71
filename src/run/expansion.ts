/**
 * Expands `$(NAME)` and shortens `$$`, as the kubelet does in `command`, `args` and `env[].value`; a name that is not known
 * stays as it is written.
 * Source: https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 *
 * @example expand('$(HOST):$$(PORT)', new Map([['HOST', 'db']])) // 'db:$(PORT)'
 */
export function expand(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole, name: string | undefined) =>
    name === undefined ? '$' : (values.get(name) ?? whole),
  );
}
