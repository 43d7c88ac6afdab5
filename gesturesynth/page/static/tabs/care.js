// The tab "care": not built yet.

export const care = { name: "care", built: false, topics: [], mount() {} };
