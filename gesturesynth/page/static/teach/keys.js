// The keys of the terminal, on the page: while this tab is shown, and no field or other control has the focus.

const NAMES = { " ": "space", Escape: "Esc" };
const LEFT_OUT = new Set(["quit", "help"]); // of the program and of its terminal

export function watchKeys(page) {
  let commands = null;
  let watching = false;

  async function load() {
    try {
      const table = await page.ask("commands");
      commands = new Map(table.filter((command) => !LEFT_OUT.has(command.name)).flatMap((command) => command.keys.map((key) => [key, command.name])));
    } catch {
      commands = null; // asked for again at the next key
    }
  }

  async function pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const { target } = event;
    if (target.closest("input, select, textarea, summary, [role=tab]")) return;
    if (event.key === " " && target.closest("button")) return;
    if (!commands) await load();
    const digit = /^[1-9]$/.test(event.key);
    const name = digit ? "select" : commands?.get(NAMES[event.key] ?? event.key);
    if (!name) return;
    event.preventDefault();
    page.command(name, ...(digit ? [Number(event.key)] : []));
  }

  return {
    start() {
      if (watching) return;
      watching = true;
      load();
      document.addEventListener("keydown", pressed);
    },
    stop() {
      watching = false;
      document.removeEventListener("keydown", pressed);
    },
  };
}
