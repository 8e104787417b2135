/** The version of Temporal's server whose behaviour ours has, and which it reports to clients. */
export const SERVER_VERSION = '1.32.0';
