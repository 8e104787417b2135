/** Ports of a Restate server and its service, counted from the port that it was given. */
export const PORT_OFFSETS = { ingress: 0, admin: 1, fabric: 2, service: 3 } as const;

/** What the workflows are called. */
export const SERVICE = { sequence: 'Sequence', fanOut: 'FanOut' } as const;
