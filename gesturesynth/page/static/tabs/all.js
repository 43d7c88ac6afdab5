// Every tab, in the order in which they are shown. One that is not built yet exports `built: false`.

import { care } from "./care.js";
import { map } from "./map.js";
import { piece } from "./piece.js";
import { play } from "./play.js";
import { teach } from "./teach.js";

export const TABS = [play, teach, map, piece, care];
