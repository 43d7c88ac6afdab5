// The texts: words/LANGUAGE.json for all, and words/TAB.LANGUAGE.json for a tab, in the first language of the browser
// that there is. What one lacks is English.

const LANGUAGES = ["en", "de", "fr"];

/** `words("volume.value", {db: -6})` is a text; in it `{db}` is replaced. And the language that was chosen. */
export async function loadWords(tabs, wanted = navigator.languages) {
  const language = wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => LANGUAGES.includes(tag)) ?? "en";
  const parts = (tag) => [tag, ...tabs.map((tab) => `${tab}.${tag}`)];
  const names = language === "en" ? parts("en") : [...parts("en"), ...parts(language)];
  const table = Object.assign({}, ...(await Promise.all(names.map(load))));
  const words = (key, values = {}) => (table[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  return { words, language };
}

async function load(name) {
  const answer = await fetch(new URL(`words/${name}.json`, import.meta.url));
  return answer.ok ? answer.json() : {};
}
