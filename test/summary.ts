import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Closes a run with what was skipped and why, and one plain line that any tool can read. */
export default class Summary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string): TestCase[] => tests.filter((test) => test.result().state === state);
    const skipped = count('skipped');
    const broken = modules.filter((module) => module.state() === 'failed' && module.errors().length > 0);
    for (const test of skipped) {
      const result = test.result();
      const reason = 'note' in result && result.note !== undefined ? result.note : 'no reason given';
      console.log(`skipped: ${test.fullName} (${reason})`);
    }
    console.log(
      `\n${count('passed').length} passed, ${count('failed').length + broken.length} failed, ${skipped.length} skipped`,
    );
  }
}
