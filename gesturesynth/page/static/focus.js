// The focus of the keyboard comes back: a browser takes it from a control that is switched off, such as the buttons of
// takes while one is recorded.

/** Gives the focus back to the control that had it, as soon as that is switched on again and nothing else was chosen. */
export function keepFocus(store) {
  let last = null;
  document.addEventListener("focusin", ({ target }) => (last = target));
  document.addEventListener("pointerdown", () => (last = null), true);
  store.on("conductor", () => {
    if (last && document.activeElement === document.body && last.isConnected && !last.disabled) last.focus({ preventScroll: true });
  });
}
