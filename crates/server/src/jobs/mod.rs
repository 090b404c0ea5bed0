//! What runs beside requests: the reader of the event log that keeps inbox, search and live pages up to date.
