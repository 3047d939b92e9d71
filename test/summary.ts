import { appendFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';

/** Errors as vitest hands them to reporters, of a test or of a file that could not be loaded. */
type Errors = readonly { message: string }[] | undefined;

/**
 * Closes a run with what was skipped and why, what passed at the second attempt only (the suites on a cluster and on a node have
 * two, as a busy machine is late with anything), and one plain line that any tool can read. Under `npm run verify`, which
 * goes on after a failure, what failed is also written to the file that it names, so that it can be said at the very end.
 */
export default class Summary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string): TestCase[] => tests.filter((test) => test.result().state === state);
    const skipped = count('skipped');
    // Files that could not be loaded, and what a hook could not set up: vitest counts their tests as skipped.
    const broken = modules
      .flatMap((module): readonly (TestModule | TestSuite)[] => [module, ...module.children.allSuites()])
      .filter((part) => part.errors().length > 0);
    for (const test of skipped) {
      const result = test.result();
      const reason = 'note' in result && result.note !== undefined ? result.note : 'no reason given';
      console.log(`skipped: ${test.fullName} (${reason})`);
    }
    const named = [
      ...count('failed').map((test) =>
        line(`${test.module.relativeModuleId} > ${test.fullName}`, test.result().errors),
      ),
      ...broken.map((part) => line(nameOf(part), part.errors())),
    ];
    const unsteady = count('passed')
      .filter((test) => test.diagnostic()?.flaky === true)
      .map(
        (test) => `second attempt: ${line(`${test.module.relativeModuleId} > ${test.fullName}`, test.result().errors)}`,
      );
    named.push(...unsteady);
    for (const each of unsteady) console.log(each);
    const file = process.env.BUILDLESS_VERIFY_FAILURES;
    if (file !== undefined && named.length > 0) appendFileSync(file, `${named.join('\n')}\n`);
    console.log(
      `\n${count('passed').length} passed, ${count('failed').length + broken.length} failed, ${skipped.length} skipped`,
    );
  }
}

const nameOf = (part: TestModule | TestSuite): string =>
  part.type === 'module' ? part.relativeModuleId : `${part.module.relativeModuleId} > ${part.fullName}`;

const line = (name: string, errors: Errors): string =>
  `${name}: ${(errors?.[0]?.message ?? 'no error was given').replace(/\s+/g, ' ').slice(0, 300)}`;
