import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Script } from 'node:vm';

/**
 * Whether a stripped file is an ES module, by Node's own rules: the extension, `type` in the nearest package.json, else
 * the syntax (nodejs.org/api/packages.html#determining-module-system).
 */
export function moduleFormat(file: string, extension: string, source: string): 'module' | 'commonjs' {
  if (extension === '.mts') return 'module';
  if (extension === '.cts') return 'commonjs';
  return typeInPackage(path.dirname(file)) ?? formatBySyntax(source);
}

function typeInPackage(folder: string): 'module' | 'commonjs' | undefined {
  const packageJson = readPackageJson(path.join(folder, 'package.json'));
  if (packageJson === undefined) {
    const parent = path.dirname(folder);
    return parent === folder ? undefined : typeInPackage(parent);
  }
  const type =
    typeof packageJson === 'object' && packageJson !== null && 'type' in packageJson ? packageJson.type : undefined;
  return type === 'module' || type === 'commonjs' ? type : undefined;
}

function readPackageJson(file: string): unknown {
  try {
    const packageJson: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return packageJson;
  } catch {
    return undefined;
  }
}

/** Code that cannot be the body of a CommonJS module is an ES module. */
function formatBySyntax(source: string): 'module' | 'commonjs' {
  try {
    new Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`);
    return 'commonjs';
  } catch {
    return 'module';
  }
}
