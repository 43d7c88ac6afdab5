// The tab "map": not built yet.

export const map = { name: "map", built: false, topics: [], mount() {} };
