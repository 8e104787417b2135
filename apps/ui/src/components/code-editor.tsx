import { json, jsonParseLinter } from '@codemirror/lang-json';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { linter } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { basicSetup } from 'codemirror';
import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import styles from './code-editor.module.css';

const parseLinter = jsonParseLinter();

const theme = EditorView.theme({
  '&': { fontSize: 'var(--text-s)', maxHeight: '320px', color: 'var(--ink)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', minHeight: '84px' },
  '.cm-content': { caretColor: 'var(--ink)', padding: '8px 0' },
  '.cm-gutters': { background: 'transparent', color: 'var(--ink-faint)', border: '0' },
  '.cm-activeLine, .cm-activeLineGutter': { background: 'transparent' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { background: 'var(--selected) !important' },
  '.cm-tooltip': { background: 'var(--raised)', border: '1px solid var(--line)' },
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--ink)', fontWeight: '500' },
  { tag: tags.string, color: 'var(--done)' },
  { tag: tags.number, color: 'var(--running)' },
  { tag: [tags.bool, tags.null], color: 'var(--ended)' },
]);

export interface CodeEditorProps {
  readonly id: string;
  readonly label: string;
  readonly describedBy: string | undefined;
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** Where its writer was in the text before the editor was there; undefined where he was elsewhere. */
  readonly startsAt: RefObject<TextSelection | undefined>;
}

export interface TextSelection {
  readonly from: number;
  readonly to: number;
}

/** CodeMirror for JSON. Tab moves on, as everywhere else: nobody is caught in it. */
export function CodeEditor({ id, label, describedBy, value, onChange, startsAt }: CodeEditorProps): ReactNode {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  const initial = useRef(value);
  // With the commit that takes the plain field away, so that no key is pressed in between.
  useLayoutEffect(() => {
    if (host.current === null) return;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: initial.current,
        extensions: [
          keymap.of([{ key: 'Mod-Enter', run: () => true }]),
          basicSetup,
          json(),
          // Nothing typed yet is not wrong yet.
          linter((view) => (view.state.doc.length === 0 ? [] : parseLinter(view))),
          theme,
          syntaxHighlighting(colours),
          EditorView.lineWrapping,
          EditorView.cspNonce.of(document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? ''),
          EditorView.contentAttributes.of({
            id,
            'aria-label': label,
            ...(describedBy !== undefined && { 'aria-describedby': describedBy }),
          }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    const selection = startsAt.current;
    if (selection !== undefined) {
      editor.dispatch({ selection: { anchor: selection.from, head: selection.to } });
      editor.focus();
    }
    return () => editor.destroy();
  }, [id, label, describedBy, startsAt]);
  useEffect(() => {
    const editor = view.current;
    if (editor === null || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);
  return <div ref={host} className={styles.editor} />;
}
