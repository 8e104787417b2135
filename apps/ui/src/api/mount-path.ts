/** Where the UI is mounted, with a slash at its end: the page's `<base>`. */
export const mountPath = new URL(document.baseURI).pathname;
