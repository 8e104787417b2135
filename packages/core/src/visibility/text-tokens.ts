/**
 * The form in which a Text attribute is stored and compared: its words in lower case and without accents, each between
 * spaces, so that a phrase is in the text exactly where its form is a substring: ` hello big bad world `.
 * As SQLite's tokenizer `unicode61 remove_diacritics 2`, which Temporal's schema names.
 */
export function textTokens(text: string): string {
  const words =
    text
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{Co}]+/gu) ?? [];
  return words.length === 0 ? '' : ` ${words.join(' ')} `;
}

/**
 * What `Text = '…'` looks for: the phrases between spaces, of which one suffices; without those that have no word.
 * Temporal: store/query/util.go, TokenizeTextQueryString.
 */
export function textPhrases(query: string): readonly string[] {
  return query
    .split(' ')
    .map(textTokens)
    .filter((phrase) => phrase !== '');
}
