import { WEBHOOK_CONFIGURATIONS } from '../installation/names.ts';
import type { Answer } from '../api-server/answer.ts';
import type { Patient } from './check.ts';
import { list, text } from '../kubernetes/fields.ts';

export interface Entry {
  readonly name: string;
  readonly object: unknown;
  /** PEM. */
  readonly caBundle: string;
}

/** Both webhook configurations as they are now. */
export async function registered({ get, configuration }: Patient): Promise<
  readonly {
    readonly title: string;
    readonly kind: string;
    readonly answer: Answer;
    readonly entries: readonly Entry[];
  }[]
> {
  return Promise.all(
    WEBHOOK_CONFIGURATIONS.map(async ({ kind, path }) => {
      const answer = await get(`${path}/${encodeURIComponent(configuration)}`);
      const webhooks = answer.ok ? list(answer.object, 'webhooks') : [];
      const entries = webhooks.map((object) => ({
        name: text(object, 'name'),
        object,
        caBundle: Buffer.from(text(object, 'clientConfig', 'caBundle'), 'base64').toString('utf8'),
      }));
      return { title: `${kind} ${configuration}`, kind, answer, entries };
    }),
  );
}
