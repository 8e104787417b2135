/**
 * The little of Markdown that people write in summaries and details, read into data: headings, lists, code, emphasis and
 * links. Nothing becomes markup on the way; what is not known stays text.
 */
export type Inline =
  | { readonly kind: 'text' | 'strong' | 'emphasis' | 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string };

export type Block =
  | { readonly kind: 'paragraph' | 'heading' | 'item'; readonly inlines: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string };

export function readMarkdown(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  let code: string[] | undefined;
  const flush = (): void => {
    if (paragraph.length > 0) blocks.push({ kind: 'paragraph', inlines: readInlines(paragraph.join('\n')) });
    paragraph = [];
  };
  for (const line of text.split('\n')) {
    if (line.startsWith('```')) {
      if (code === undefined) flush();
      else blocks.push({ kind: 'code', text: code.join('\n') });
      code = code === undefined ? [] : undefined;
    } else if (code !== undefined) code.push(line);
    else if (line.trim() === '') flush();
    else {
      const [, heading] = /^#{1,6}\s+(.*)$/.exec(line) ?? [];
      const [, item] = /^\s*(?:[-*+]|\d+[.)])\s+(.*)$/.exec(line) ?? [];
      const single = heading ?? item;
      if (single === undefined) paragraph.push(line);
      else {
        flush();
        blocks.push({ kind: heading === undefined ? 'item' : 'heading', inlines: readInlines(single) });
      }
    }
  }
  if (code !== undefined) blocks.push({ kind: 'code', text: code.join('\n') });
  flush();
  return blocks;
}

const inline = /`([^`]+)`|\*\*([^*]+)\*\*|__([^_]+)__|\*([^*\s][^*]*)\*|\b_([^_]+)_\b|\[([^\]]*)\]\(([^()\s]+)\)/g;

function readInlines(text: string): readonly Inline[] {
  const inlines: Inline[] = [];
  let end = 0;
  for (const match of text.matchAll(inline)) {
    if (match.index > end) inlines.push({ kind: 'text', text: text.slice(end, match.index) });
    end = match.index + match[0].length;
    inlines.push(toInline(match));
  }
  if (end < text.length) inlines.push({ kind: 'text', text: text.slice(end) });
  return inlines;
}

function toInline([whole, code, strong, strong2, emphasis, emphasis2, label, href]: RegExpMatchArray): Inline {
  if (code !== undefined) return { kind: 'code', text: code };
  const bold = strong ?? strong2;
  if (bold !== undefined) return { kind: 'strong', text: bold };
  const italic = emphasis ?? emphasis2;
  if (italic !== undefined) return { kind: 'emphasis', text: italic };
  // Only addresses that a page may open; `javascript:` and the like stay text.
  if (href !== undefined && /^https?:\/\//i.test(href)) return { kind: 'link', text: label || href, href };
  return { kind: 'text', text: whole };
}
