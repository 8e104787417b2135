/** The one door to the server's inner parts: its public entry starts a listening server. */
export * from '@perdure/server/testing';
