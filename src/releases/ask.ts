import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { SourceFiles } from '../function/files.ts';
import { isFailure, type LockFailure } from '../lock/lock.ts';
import { findNpmTools } from '../lock/npm-tools.ts';
import type { ToolContext } from '../lock/tool-context.ts';
import { messageOf, runTool, withFolder } from '../lock/tool.ts';
import { PROGRAM } from './program.ts';

/** One document of a registry, and what of it is wanted. */
export interface RegistryRequest {
  /** Absolute, or a path below the registry of `spec`. */
  readonly address: string;
  /** npm: the package, whose scope decides the registry. */
  readonly spec?: string;
  readonly accept: string;
  /** `USER:PASSWORD` of an address. */
  readonly user?: string;
  /** Whether any certificate will do (`trusted-host`). */
  readonly insecure?: boolean;
  /** npm: versions of the packument. */
  readonly versions?: readonly string[];
  /** Python: digests of files. */
  readonly digests?: readonly string[];
  /** Python: whether the metadata of these files is wanted. */
  readonly metadata?: true;
}

const text = z.string().max(5000).optional().catch(undefined);

const release = z.object({
  version: text,
  filename: text,
  exists: z.boolean().optional(),
  published: text,
  integrity: text,
  shasum: text,
  tarball: text,
  licence: text,
  metadata: z.object({ expression: text, license: text, classifiers: z.array(z.string()) }).optional(),
  digests: z.array(z.string()).optional(),
  attested: z.boolean().optional(),
  publisher: text,
});

const answer = z.union([
  z.object({ found: z.array(release) }),
  z.object({ missing: z.literal(true) }),
  z.object({ notJson: z.string() }),
  z.object({ failed: z.object({ code: z.string(), status: z.number(), message: z.string() }) }),
]);

const output = z.object({ answers: z.array(answer), clock: z.iso.datetime().optional() });

/** What a package of Python says about its licence. */
export type LicenceMetadata = NonNullable<z.infer<typeof release>['metadata']>;

export type RegistryAnswer = z.infer<typeof answer>;

/** Packuments of a few packages have tens of MiB. */
const MOST_BYTES = 96 * 1024 * 1024;
const AT_ONCE = 6;

/**
 * Asks registries for documents, with the settings of the person or job that `context` stands for.
 *
 * @param files of the source; an `.npmrc` of it counts
 * @returns one answer for each request, in their order; a failure if one of them could not be asked
 */
export async function askRegistries(
  requests: readonly RegistryRequest[],
  { name, files }: { readonly name: string; readonly files: SourceFiles },
  context: ToolContext,
): Promise<
  { readonly answers: readonly Exclude<RegistryAnswer, { failed: unknown }>[]; readonly clock?: string } | LockFailure
> {
  if (requests.length === 0) return { answers: [] };
  const tools = await findNpmTools(context);
  if (isFailure(tools)) return tools;
  return await withFolder(name, files, context, async (folder) => {
    const top = path.dirname(folder);
    const [program, input, result] = ['ask.cjs', 'question.json', 'answer.json'].map((file) => path.join(top, file));
    if (program === undefined || input === undefined || result === undefined) throw new Error('three files');
    await writeFile(program, PROGRAM);
    await writeFile(input, JSON.stringify({ requests, atOnce: AT_ONCE, mostBytes: MOST_BYTES }), { mode: 0o600 });
    const end = await runTool(tools.node, [program, tools.script, input, result], folder, context);
    if (end.code !== 0) {
      return {
        problem: `npm ${tools.version} could not ask the registry`,
        fix: 'correct what npm reports',
        details: messageOf(end, context, (line) => line.startsWith('npm error')),
        ...((end.timedOut || end.signal !== null) && { temporary: true }),
      };
    }
    const parsed = output.safeParse(JSON.parse(await readFile(result, 'utf8')));
    if (!parsed.success || parsed.data.answers.length !== requests.length) {
      return {
        problem: 'the registry gave an answer of another form',
        fix: 'look at what it answers',
        temporary: true,
      };
    }
    const answers = [];
    for (const [index, each] of parsed.data.answers.entries()) {
      if ('failed' in each) return failureOf(requests[index], each.failed);
      answers.push(each);
    }
    const { clock } = parsed.data;
    return { answers, ...(clock !== undefined && { clock }) };
  });
}

function failureOf(
  request: RegistryRequest | undefined,
  { code, status, message }: Extract<RegistryAnswer, { failed: unknown }>['failed'],
): LockFailure {
  const what = request?.spec ?? request?.address ?? '';
  const isDenied = status === 401 || status === 403;
  return {
    problem: `the registry does not tell about versions of ${what} (${status === 0 ? code : `status ${status}`})`,
    fix: isDenied ? 'give it credentials that may read the package' : 'see that the registry answers',
    details: message === '' ? [] : [message],
    // Denied today may be granted tomorrow: nothing is decided before the registry answers.
    temporary: true,
  };
}
