import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { messageOf } from '../../api/errors.ts';
import { settingsQuery } from '../../api/queries.ts';
import { Button } from '../../components/button.tsx';
import { Checkbox, TextField } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';
import { Panel } from '../../components/page.tsx';
import { toast } from '../../components/toast.tsx';
import { codecSettings, exchangeWithCodec } from '../../lib/codec.ts';
import { jsonPayload } from '../../lib/payload.ts';
import { usePreferences, useStored } from '../../lib/preferences.ts';
import { codecProblem } from './codec-problem.ts';
import styles from './settings.module.css';

/** The codec server that reads what workers have encoded. What it decodes stays in this browser. */
export function CodecPanel(): ReactNode {
  const saved = useStored(codecSettings);
  const { namespace = 'default' } = usePreferences();
  const { data: settings } = useQuery(settingsQuery);
  const [form, setForm] = useState(saved);
  const [answer, setAnswer] = useState<{ readonly tone: 'done' | 'failed'; readonly text: string }>();
  const named = settings?.codecEndpoint ?? '';
  const problem = codecProblem(form.endpoint, named);
  const endpoint = form.endpoint.trim() || named;
  const test = async (): Promise<void> => {
    const target = { endpoint, namespace, includesCookies: form.includesCookies };
    try {
      await exchangeWithCodec('decode', [jsonPayload('Does it answer?')], target);
      setAnswer({ tone: 'done', text: 'It answers.' });
    } catch (error) {
      setAnswer({
        tone: 'failed',
        text: `It does not answer this page: ${messageOf(error)}. It has to run, and to allow requests of ${location.origin}.`,
      });
    }
  };
  return (
    <Panel title="Codec server">
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (problem !== undefined) return;
          codecSettings.set({ ...form, endpoint: form.endpoint.trim() });
          toast('Saved in this browser');
        }}
      >
        <TextField
          label="Address"
          hint={named === '' ? 'Such as http://localhost:8888; empty for none' : `Empty for the server's own: ${named}`}
          error={problem}
          inputMode="url"
          value={form.endpoint}
          onChange={(event) => setForm({ ...form, endpoint: event.target.value })}
        />
        <Checkbox
          label="Send the cookies that this browser has for it"
          checked={form.includesCookies}
          onChange={(event) => setForm({ ...form, includesCookies: event.target.checked })}
        />
        {answer !== undefined && <Notice tone={answer.tone}>{answer.text}</Notice>}
        <div className={styles.buttons}>
          <Button type="submit" variant="primary" disabled={problem !== undefined}>
            Save
          </Button>
          <Button disabled={endpoint === '' || problem !== undefined} onClick={() => void test()}>
            Ask it
          </Button>
        </div>
      </form>
    </Panel>
  );
}
