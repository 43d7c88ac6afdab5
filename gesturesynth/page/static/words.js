// The texts, in the first language of the browser that there is. They are written in words/LANGUAGE.json for all, and in
// words/TAB.LANGUAGE.json for a tab; the server makes one file of those of a language, in which what it lacks is English.

const LANGUAGES = ["en", "de", "fr"];

/** `words("volume.value", {db: -6})` is a text; in it `{db}` is replaced. And the language that was chosen. */
export async function loadWords(wanted = navigator.languages) {
  const language = wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => LANGUAGES.includes(tag)) ?? "en";
  const answer = await fetch(new URL(`words.${language}.json`, import.meta.url));
  const table = answer.ok ? await answer.json() : {};
  const words = (key, values = {}) => (table[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  return { words, language };
}
