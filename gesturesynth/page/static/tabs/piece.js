// The tab "piece": not built yet.

export const piece = { name: "piece", built: false, topics: [], mount() {} };
