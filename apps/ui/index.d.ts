/** The folder of the built Web UI: `index.html`, and `assets/` whose names carry a hash of their content. */
export declare const distDirectory: string;
