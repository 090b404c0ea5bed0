// The one script of every page.
import "htmx.org/dist/htmx.esm.js";
