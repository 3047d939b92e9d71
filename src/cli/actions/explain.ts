import { describeCode, OUTCOMES, type DescribedOutcome } from '../../outcome/described.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { coloursFor, printFindings } from '../terminal.ts';
import type { ExplainOptions } from '../options/explain.ts';

/** `buildless explain`. */
export function explain(codes: readonly string[], { output }: ExplainOptions): ExitStatus {
  const found: DescribedOutcome[] = [];
  let status: ExitStatus = EXIT.done;
  for (const code of codes) {
    // As a message shows it.
    const described = describeCode(code.replace(/^\[/, '').replace(/\]$/, ''));
    if (!('nearest' in described)) found.push(...described);
    else {
      const guess = described.nearest === undefined ? '' : `did you mean ${described.nearest}? `;
      printFindings('error', [
        { problem: `unknown code "${code}"`, fix: `${guess}"buildless explain" lists them all` },
      ]);
      status = EXIT.wrongInput;
    }
  }
  const shown = codes.length === 0 ? OUTCOMES : found;
  if (output === 'json') process.stdout.write(`${JSON.stringify(shown, undefined, 2)}\n`);
  else process.stdout.write(shown.map(textOf).join('\n'));
  return status;
}

function textOf({ code, outcome, cause, cure }: DescribedOutcome): string {
  const { bold, dim } = coloursFor(process.stdout);
  return `${bold(code)} ${dim(`(${outcome})`)}\n  ${cause}\n  ${dim('->')} ${cure}\n`;
}
