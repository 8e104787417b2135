/** What something means for who looks: the system's colours, each with its meaning. */
export type Tone = 'running' | 'done' | 'failed' | 'waiting' | 'ended' | 'quiet';
