import { formatProblem } from '../../src/outcome/problem.ts';
import { parseManifests, type ManifestDocument } from '../../src/manifests/documents.ts';

/** The documents of a text that is in order. */
export function documentsOf(text: string, file = 'app.yaml'): readonly ManifestDocument[] {
  const parsed = parseManifests(text, file);
  if ('findings' in parsed) throw new Error(parsed.findings.map(formatProblem).join('\n'));
  return parsed.documents;
}

/** The only document of a text. */
export function documentOf(text: string): ManifestDocument {
  const [document, ...others] = documentsOf(text);
  if (document === undefined || others.length > 0) throw new Error(`not one document: ${text}`);
  return document;
}

/** What is wrong with a text, as a person reads it. */
export function messagesOf(text: string, file = 'app.yaml'): readonly string[] {
  const parsed = parseManifests(text, file);
  return 'findings' in parsed ? parsed.findings.map(formatProblem) : [];
}
