/**
 * For `--help` or `-h`: prints how a script is used, and ends before it starts anything.
 *
 * @param {string} text
 */
export function usage(text) {
  if (!process.argv.slice(2).some((arg) => arg === '-h' || arg === '--help')) return;
  console.log(text.trim());
  process.exit(0);
}
