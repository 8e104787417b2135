import type { Plugin } from 'vite';

/** The letters of every page. Those of other scripts come when a page has them. */
const FONTS = /ibm-plex-(sans-latin-wght|mono-latin-400)-normal-.*\.woff2$/;

/** Has the browser fetch the fonts with the code, and not once it knows the first text: that is laid out once. */
export function preloadFonts(): Plugin {
  return {
    name: 'preload-fonts',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle = {} }) =>
        Object.keys(bundle)
          .filter((file) => FONTS.test(file))
          .map((file) => ({
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: true, href: `./${file}` },
            injectTo: 'head',
          })),
    },
  };
}
