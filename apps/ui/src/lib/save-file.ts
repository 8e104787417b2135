export interface SavedFile {
  readonly name: string;
  /** JSON as text, or bytes. */
  readonly content: string | Uint8Array<ArrayBuffer>;
}

/** Has the browser save a file. */
export function saveFile({ name, content }: SavedFile): void {
  const type = typeof content === 'string' ? 'application/json' : 'application/octet-stream';
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
