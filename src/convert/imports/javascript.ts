import { isBuiltin } from 'node:module';
import { parse, type Node, type Program } from 'acorn';
import { simple } from 'acorn-walk';

/**
 * The packages that JavaScript code imports or requires by name: no files of its own, nothing of Node.js.
 *
 * @returns names in the order of their first use; undefined if the code cannot be parsed
 * @example importedPackages("const { get } = require('@scope/name/deep')") // ['@scope/name']
 */
export function importedPackages(code: string): readonly string[] | undefined {
  const program = parseJavaScript(code);
  if (program === undefined) return undefined;
  const names = new Set<string>();
  const add = (node: Node | null | undefined): void => {
    const specifier = textOf(node);
    const name = specifier === undefined ? undefined : packageOf(specifier);
    if (name !== undefined) names.add(name);
  };
  simple(program, {
    ImportDeclaration: (node) => {
      add(node.source);
    },
    ImportExpression: (node) => {
      add(node.source);
    },
    ExportNamedDeclaration: (node) => {
      add(node.source);
    },
    ExportAllDeclaration: (node) => {
      add(node.source);
    },
    CallExpression: ({ callee, arguments: [first] }) => {
      const required =
        (callee.type === 'Identifier' && callee.name === 'require') ||
        (callee.type === 'MemberExpression' &&
          callee.object.type === 'Identifier' &&
          callee.object.name === 'require' &&
          callee.property.type === 'Identifier' &&
          callee.property.name === 'resolve');
      if (required) add(first);
    },
  });
  return [...names];
}

/** Code that is not a module may still be a script with `return` or `await` where only CommonJS or a module allows them. */
export function parseJavaScript(code: string): Program | undefined {
  for (const sourceType of ['module', 'script'] as const) {
    try {
      return parse(code, {
        ecmaVersion: 'latest',
        sourceType,
        allowReturnOutsideFunction: true,
        allowAwaitOutsideFunction: true,
        allowHashBang: true,
      });
    } catch (error) {
      if (!(error instanceof SyntaxError) && !(error instanceof RangeError)) throw error;
    }
  }
  return undefined;
}

function textOf(node: Node | null | undefined): string | undefined {
  if (node === null || node === undefined) return undefined;
  if ('value' in node && typeof node.value === 'string') return node.value;
  // A template without a placeholder is a string as well.
  if (!('quasis' in node) || !Array.isArray(node.quasis) || node.quasis.length !== 1) return undefined;
  const [quasi] = node.quasis as readonly { readonly value?: { readonly cooked?: unknown } }[];
  return typeof quasi?.value?.cooked === 'string' ? quasi.value.cooked : undefined;
}

function packageOf(specifier: string): string | undefined {
  if (/^[./#]/.test(specifier) || /^[a-z]+:/i.test(specifier) || isBuiltin(specifier)) return undefined;
  const [scopeOrName = '', name] = specifier.split('/');
  if (!scopeOrName.startsWith('@')) return scopeOrName;
  return name === undefined ? undefined : `${scopeOrName}/${name}`;
}
