// What takes time is begun first: the texts and the connection are on their way while the other scripts are still read.

import { Connection } from "./connection.js";
import { Store } from "./store.js";
import { loadWords } from "./words.js";

export const texts = loadWords();
export const store = new Store();
export const connection = new Connection(store);
connection.watch(["conductor"]);
connection.open();
