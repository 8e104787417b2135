import type { ReactNode } from 'react';
import { type Inline, readMarkdown } from '../lib/markdown.ts';
import styles from './plain-markdown.module.css';

/** Text that people wrote in Markdown, as React elements; no HTML in it is ever markup. */
export function PlainMarkdown({ text }: { readonly text: string }): ReactNode {
  return (
    <div className={styles.markdown}>
      {readMarkdown(text).map((block, index) => {
        switch (block.kind) {
          case 'code':
            return <pre key={index}>{block.text}</pre>;
          case 'heading':
            return <h3 key={index}>{inlines(block.inlines)}</h3>;
          case 'item':
            return (
              <p key={index} className={styles.item}>
                {inlines(block.inlines)}
              </p>
            );
          case 'paragraph':
            return <p key={index}>{inlines(block.inlines)}</p>;
        }
      })}
    </div>
  );
}

function inlines(parts: readonly Inline[]): ReactNode {
  return parts.map((part, index) => {
    switch (part.kind) {
      case 'text':
        return part.text;
      case 'strong':
        return <strong key={index}>{part.text}</strong>;
      case 'emphasis':
        return <em key={index}>{part.text}</em>;
      case 'code':
        return <code key={index}>{part.text}</code>;
      case 'link':
        return (
          <a key={index} href={part.href} target="_blank" rel="noreferrer noopener">
            {part.text}
          </a>
        );
    }
  });
}
