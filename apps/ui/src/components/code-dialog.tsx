import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { settingsQuery } from '../api/queries.ts';
import { type CodeLanguage, programAddress } from '../lib/code-text.ts';
import { Dialog } from './dialog.tsx';
import { Select } from './field.tsx';
import { TextView } from './json-view.tsx';
import { Segmented } from './segmented.tsx';

export interface CodeDialogProps<Purpose extends string> {
  readonly purposes: readonly (readonly [Purpose, string])[];
  readonly code: (language: CodeLanguage, purpose: Purpose, address: string) => string;
  readonly onClose: () => void;
}

/** The call of a client, or the command, for what is on the page. */
export function CodeDialog<Purpose extends string>({ purposes, code, onClose }: CodeDialogProps<Purpose>): ReactNode {
  const [language, setLanguage] = useState<CodeLanguage>('typescript');
  const [chosen, setChosen] = useState<Purpose>();
  const purpose = chosen ?? purposes[0]?.[0];
  const { data: settings } = useQuery(settingsQuery);
  const address = programAddress(settings?.grpcAddress ?? '', location.hostname);
  return (
    <Dialog title="Copy as code" isWide onClose={onClose}>
      <Select
        aria-label="What it does"
        options={purposes}
        value={purpose}
        onChange={(event) => setChosen(event.target.value as Purpose)}
      />
      <Segmented
        label="Language"
        value={language}
        options={[
          ['typescript', 'TypeScript'],
          ['python', 'Python'],
          ['cli', 'Command line'],
        ]}
        onChange={setLanguage}
      />
      {purpose !== undefined && <TextView text={code(language, purpose, address)} label="code" />}
    </Dialog>
  );
}
