/** The identity under which the server itself acts, as Temporal's history service does. */
export const HISTORY_SERVICE = 'history-service';
