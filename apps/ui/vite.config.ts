import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compileEagerly } from './build/compile-eagerly.ts';
import { precompress } from './build/precompress.ts';
import { preloadFonts } from './build/preload-fonts.ts';

/** The server that `npm run dev -w apps/ui` talks to: its UI port, or the HTTP port of any Temporal server. */
const target = process.env.PERDURE_UI_TARGET ?? 'http://127.0.0.1:8233';

/** Other servers than ours abbreviate payloads unless asked for all of them. */
const fullPayloads = 'application/json+no-payload-shorthand';

/** What only pages of one thing show: the first page, a list, does without. `kind-icon` has icons that the rail has, too. */
const ofOneThing = String.raw`components/(history/(?!kind-icon)|json-view|payload-view|plain-markdown|code-dialog)|lib/(history/(timeline|zoom|scale|search)|markdown|code-text)\b`;

/** Few files, so that a page asks for few: each group is one, what a page alone needs is its own. */
const chunks = [
  {
    name: 'libraries',
    test: /node_modules\/(react|react-dom|scheduler|use-sync-external-store|@tanstack)\//,
    priority: 2,
  },
  {
    name: 'parts',
    test: new RegExp(
      String.raw`src/(?!${ofOneThing})(components|lib|api)/|node_modules/(lucide-react|@radix-ui|radix-ui)/`,
    ),
    minShareCount: 2,
    priority: 1,
  },
  { name: 'details', test: new RegExp(`src/(${ofOneThing})`), minShareCount: 2, priority: 0 },
];

export default defineConfig({
  // Relative, so that the page's <base> alone says where the UI is mounted.
  base: './',
  // Filled in by the server, with a new one for each page.
  html: { cspNonce: '__CSP_NONCE__' },
  plugins: [react(), compileEagerly(['index', 'libraries', 'parts']), preloadFonts(), precompress()],
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // All of it is smaller than what another request costs.
    cssCodeSplit: false,
    rolldownOptions: { output: { codeSplitting: { groups: chunks } } },
  },
  server: {
    port: Number(process.env.PERDURE_UI_DEV_PORT ?? 5173),
    host: '127.0.0.1',
    strictPort: true,
    proxy: {
      '/api': {
        target,
        changeOrigin: true,
        configure: (proxy) => {
          proxy.on('proxyReq', (request) => {
            request.setHeader('accept', fullPayloads);
            request.removeHeader('origin');
            if (request.getHeader('content-type') !== undefined) request.setHeader('content-type', fullPayloads);
          });
        },
      },
    },
  },
});
