import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { messageOf } from '../../api/errors.ts';
import { namespacesQuery, settingsQuery } from '../../api/queries.ts';
import { Button } from '../../components/button.tsx';
import { Checkbox, SelectField, TextField } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';
import { Panel } from '../../components/page.tsx';
import { toast } from '../../components/toast.tsx';
import { CodecContext, codecSettings, exchangeWithCodec, useCodec } from '../../lib/codec.ts';
import { allowChosenCodecs, isAllowedHere } from '../../lib/codec-origins.ts';
import { jsonPayload } from '../../lib/payload.ts';
import { usePreferences, useStored } from '../../lib/preferences.ts';
import { codecProblem } from './codec-problem.ts';
import styles from './settings.module.css';

/** The codec servers that read what workers have encoded, one for each namespace. What they decode stays in this browser. */
export function CodecPanel(): ReactNode {
  const { namespace: current = 'default' } = usePreferences();
  const { data } = useQuery(namespacesQuery);
  const [namespace, setNamespace] = useState(current);
  const listed = (data?.namespaces ?? []).map(({ namespaceInfo }) => namespaceInfo?.name ?? '');
  const names = [...new Set([current, ...listed])].filter((name) => name !== '').sort();
  return (
    <Panel title="Codec server">
      <CodecContext value={namespace}>
        <div className={styles.form}>
          <SelectField
            label="Namespace"
            options={names.map((name) => [name, name])}
            value={namespace}
            onChange={(event) => setNamespace(event.target.value)}
          />
          <CodecForm key={namespace} namespace={namespace} />
        </div>
      </CodecContext>
    </Panel>
  );
}

function CodecForm({ namespace }: { readonly namespace: string }): ReactNode {
  const store = codecSettings(namespace);
  const saved = useStored(store);
  const { data: settings } = useQuery(settingsQuery);
  const [form, setForm] = useState(saved);
  const problem = codecProblem(form.endpoint);
  const named = settings?.codecEndpoint ?? '';
  const isOwn = form.endpoint.trim() === '';
  const isSaved = JSON.stringify({ ...form, endpoint: form.endpoint.trim() }) === JSON.stringify(saved);
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (problem !== undefined) return;
        store.set({ ...form, endpoint: form.endpoint.trim() });
        toast('Saved in this browser');
        allowChosenCodecs();
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
      {(!isOwn || named !== '') && (
        <Checkbox
          label="It encodes what is sent from here, too"
          checked={form.encodes}
          onChange={(event) => setForm({ ...form, encodes: event.target.checked })}
        />
      )}
      {!isOwn && (
        <>
          <Checkbox
            label="Send the cookies that this browser has for it"
            checked={form.takesCookies}
            onChange={(event) => setForm({ ...form, takesCookies: event.target.checked })}
          />
          {settings?.codecTakesToken === true && (
            <Checkbox
              label="Send it my access token, over https or on this machine"
              checked={form.takesToken}
              onChange={(event) => setForm({ ...form, takesToken: event.target.checked })}
            />
          )}
        </>
      )}
      <CodecTest isSaved={isSaved}>
        <Button type="submit" variant="primary" disabled={problem !== undefined}>
          Save
        </Button>
      </CodecTest>
    </form>
  );
}

/** Asks the codec server as it is saved: the page may ask no other. */
function CodecTest({ isSaved, children }: { readonly isSaved: boolean; readonly children: ReactNode }): ReactNode {
  const target = useCodec();
  const { data: settings } = useQuery(settingsQuery);
  const [answer, setAnswer] = useState<{ readonly tone: 'done' | 'failed'; readonly text: string }>();
  const mayAsk = target !== undefined && isAllowedHere(target.endpoint, settings?.codecEndpoint ?? '');
  const test = async (): Promise<void> => {
    if (target === undefined) return;
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
    <>
      {answer !== undefined && isSaved && <Notice tone={answer.tone}>{answer.text}</Notice>}
      {target !== undefined && !mayAsk && (
        <Notice tone="failed">This page may not ask it: the browser keeps no cookies of this server.</Notice>
      )}
      <div className={styles.buttons}>
        {children}
        {isSaved && mayAsk && <Button onClick={() => void test()}>Ask it</Button>}
      </div>
    </>
  );
}
