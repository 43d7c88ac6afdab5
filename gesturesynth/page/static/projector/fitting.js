// Type as large as its place allows: every line fits, the shortest one is not larger than a poster's.

const LARGEST = 0.24; // of the height of the window
const SMALLEST = 0.03;
const WIDE = 0.88; // of the window, as in projector.css
const HIGH = 0.78;
const STEPS = 9;

/** Gives an element the largest type at which all of its text is to be seen. */
export function fitType(place) {
  const words = place.textContent.split(/\s+/);
  let [low, high] = [SMALLEST * innerHeight, LARGEST * innerHeight];
  place.style.overflowWrap = "normal"; // a word that does not fit makes the type smaller, and is not broken
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    place.style.fontSize = `${middle}px`;
    const fits = place.scrollHeight <= HIGH * innerHeight && place.scrollWidth <= Math.ceil(WIDE * innerWidth);
    if (fits) low = middle;
    else high = middle;
  }
  place.style.fontSize = `${low}px`;
  place.style.overflowWrap = words.some((word) => word.length > 20) ? "anywhere" : "normal";
}
