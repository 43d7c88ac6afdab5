// The texts: words/LANGUAGE.json, in the first language of the browser that there is. What one lacks is English.

const LANGUAGES = ["en", "de", "fr"];

/** `words("volume.value", {db: -6})` is a text; in it `{db}` is replaced. And the language that was chosen. */
export async function loadWords(wanted = navigator.languages) {
  const language = wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => LANGUAGES.includes(tag)) ?? "en";
  const [english, own] = await Promise.all([load("en"), language === "en" ? {} : load(language)]);
  const table = { ...english, ...own };
  const words = (key, values = {}) => (table[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  return { words, language };
}

async function load(language) {
  const answer = await fetch(new URL(`words/${language}.json`, import.meta.url));
  return answer.ok ? answer.json() : {};
}
