/** Says why a handler could not be loaded: where, what was looked for, what is there, and how to fix it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearest } from '../../../outcome/nearest.ts';
import { importOfBun, syntaxErrorOfBun } from './bun-messages.ts';
import { textOf, traceOf } from './error-description.ts';
import { listFiles, listing } from './listing.ts';
import type { Problem, Settings } from './settings.ts';
import { findSyntaxError, type SyntaxPlace } from './syntax-error.ts';

/** Packages that Kyma's images have, so that Functions written for it use them without declaring them. */
const IN_KYMAS_IMAGE = new Set([
  'axios',
  'express',
  'cloudevents',
  'co',
  'mz',
  'morgan',
  'body-parser',
  '@opentelemetry/api',
]);

/** @param file the handler's file, absolute */
export function explainLoadFailure(error: unknown, settings: Settings, file: string): Problem {
  const inBun = syntaxErrorOfBun(error);
  if (inBun !== undefined) return syntaxProblem(inBun.message, inBun, error, settings, file);
  if (error instanceof SyntaxError) return explainSyntaxError(error, settings, file);
  const missing = missingModule(error);
  if (missing !== undefined && error instanceof Error) return explainMissingModule(error, missing, settings, file);
  const what = error instanceof Error ? `${error.name}: ${error.message}` : `thrown: ${textOf(error)}`;
  const problem = [
    `${placeOf(error, settings.folder, file)}: ${what}`,
    `  looked for: ${settings.export} in ${relative(settings.folder, file)}, which failed with this while it was loaded`,
  ];
  return { problem: problem.join('\n'), detail: traceOf(error) };
}

const explainSyntaxError = (error: SyntaxError, settings: Settings, file: string): Problem =>
  syntaxProblem(error.message, findSyntaxError(error, settings.folder, file), error, settings, file);

function syntaxProblem(
  message: string,
  place: SyntaxPlace | undefined,
  error: unknown,
  { folder, export: name }: Settings,
  file: string,
): Problem {
  const where =
    place === undefined ? placeOf(error, folder, file) : `${relative(folder, place.file)}, line ${place.line}`;
  const problem = [
    `${where}: SyntaxError: ${message}`,
    ...(place?.excerpt ?? []).map((line) => `  ${line}`),
    `  looked for: ${name} in ${relative(folder, file)}`,
  ];
  return { problem: problem.join('\n'), detail: traceOf(error) };
}

function missingModule(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  if (error.code !== 'MODULE_NOT_FOUND' && error.code !== 'ERR_MODULE_NOT_FOUND') return undefined;
  return /^Cannot find (?:module|package) '([^']+)'/.exec(error.message)?.[1];
}

function explainMissingModule(error: Error, name: string, { folder }: Settings, file: string): Problem {
  const inBun = importOfBun(error, name);
  const where =
    inBun === undefined ? placeOf(error, folder, importerOf(error) ?? file) : lineOf(inBun.file, inBun.line, folder);
  const isFile = /^(\.|\/|file:)/.test(name);
  const problem = isFile ? missingFile(name, where, folder) : missingPackage(name, where, folder);
  return { problem: problem.join('\n'), detail: traceOf(error) };
}

function missingFile(name: string, where: string, folder: string): string[] {
  const shown = name.startsWith(folder + path.sep) ? relative(folder, name) : name;
  return [
    `${where}: the module ${shown} was not found.`,
    `  looked for: ${shown}`,
    `  found:      ${listing(listFiles(folder))}`,
    '  to fix it:  add the file to the source, or correct its name; in an ES module it is written with its extension.',
  ];
}

function missingPackage(name: string, where: string, folder: string): string[] {
  const parts = name.split('/');
  const topName = name.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? name);
  const declared = declaredIn(folder);
  const installed = installedIn(folder);
  return [
    `${where}: the package ${name} was not found.`,
    `  looked for: ${name} in ${folder}/node_modules`,
    `  found:      package.json declares ${listing(declared)}; installed: ${listing(installed)}`,
    `  to fix it:  ${fixFor(topName, declared, installed)}`,
  ];
}

function fixFor(name: string, declared: readonly string[], installed: readonly string[]): string {
  if (installed.includes(name))
    return `${name} is installed and has no such file: see its documentation for what it exports.`;
  if (declared.includes(name))
    return `package.json declares ${name}, but it was not installed: see the log of buildless-install.`;
  const near = nearest(name, installed);
  const add = `add ${name} with its version to the dependencies in package.json, beside the handler.`;
  if (IN_KYMAS_IMAGE.has(name)) return `${add} Kyma's image includes it; Buildless's does not.`;
  return near === undefined ? add : `${add} Did you mean ${near}?`;
}

function declaredIn(folder: string): string[] {
  try {
    const packageJson: unknown = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    if (typeof packageJson !== 'object' || packageJson === null || !('dependencies' in packageJson)) return [];
    return typeof packageJson.dependencies === 'object' ? Object.keys(packageJson.dependencies ?? {}) : [];
  } catch {
    return [];
  }
}

function installedIn(folder: string): string[] {
  const root = path.join(folder, 'node_modules');
  return listFiles(root).flatMap((name) => {
    if (!name.startsWith('@')) return [name.replace(/\/$/, '')];
    return listFiles(path.join(root, name)).map((scoped) => (name + scoped).replace(/\/$/, ''));
  });
}

/** The file that the missing module was to be loaded from. */
function importerOf(error: Error): string | undefined {
  if ('requireStack' in error && Array.isArray(error.requireStack)) {
    const first: unknown = error.requireStack[0];
    if (typeof first === 'string') return first;
  }
  return / imported from (.+)$/m.exec(error.message)?.[1];
}

/** Files and lines of a stack trace: `at NAME (URL:LINE:COLUMN)`, `at URL:LINE:COLUMN`. */
function* framesOf(trace: string): Generator<{ readonly url: string; readonly line: string }> {
  for (const text of trace.split('\n')) {
    const place = /:(\d+):\d+\)?$/.exec(text);
    if (place === null) continue;
    const before = text.slice(text.lastIndexOf('(', place.index) + 1, place.index);
    const start = before.search(/(?:file:\/\/)?\//);
    if (start !== -1) yield { url: before.slice(start), line: place[1] ?? '' };
  }
}

/** FILE, line N: CODE of the first frame in the author's own code; FILE alone if there is none. */
function placeOf(error: unknown, folder: string, file: string): string {
  const trace = error instanceof Error ? (error.stack ?? '') : '';
  for (const { url, line } of framesOf(trace)) {
    const frame = url.startsWith('file:') ? fileURLToPath(url) : url;
    if (!frame.startsWith(folder + path.sep) || frame.includes('/node_modules/')) continue;
    return lineOf(frame, Number(line), folder);
  }
  return relative(folder, file);
}

function lineOf(file: string, line: number, folder: string): string {
  const code = readFileSync(file, 'utf8').split('\n')[line - 1]?.trim() ?? '';
  return `${relative(folder, file)}, line ${line}${code === '' ? '' : `: ${code}`}`;
}

const relative = (folder: string, file: string): string =>
  file.startsWith(folder + path.sep) ? path.relative(folder, file) : file;
