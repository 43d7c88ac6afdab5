// The tab "teach": not built yet.

export const teach = { name: "teach", built: false, topics: [], mount() {} };
