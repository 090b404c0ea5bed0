// A first guess at somebody's time zone: theirs, as the browser knows it. A form that came back keeps what it held.
import { mount } from "./mount.ts";

mount<HTMLSelectElement>("select[data-zone]", (select) => {
  if (document.querySelector(".alert.bad")) return;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...select.options].some((option) => option.value === zone)) select.value = zone;
});
