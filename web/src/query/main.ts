/** The query page. */
export {};
