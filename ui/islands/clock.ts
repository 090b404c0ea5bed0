// data-clock: counts from data-started (milliseconds, UTC); past data-minutes it says so by data-over.
// data-now is the server's time at rendering, so that a wrong clock here does not show.
import { digits } from "./durations.ts";
import { mount } from "./mount.ts";

mount<HTMLElement>("[data-clock]", (clock) => {
  const started = Number(clock.dataset.started);
  const limit = Number(clock.dataset.minutes ?? "0") * 60_000;
  const ahead = clock.dataset.now ? Date.now() - Number(clock.dataset.now) : 0;
  const face = clock.querySelector(".digits") ?? clock;
  if (!started) return;
  const tick = () => {
    if (!clock.isConnected) {
      clearInterval(timer);
      return;
    }
    const passed = Date.now() - ahead - started;
    face.textContent = digits(passed);
    clock.dataset.over = String(limit > 0 && passed > limit);
  };
  const timer = setInterval(tick, 1000);
  tick();
});
