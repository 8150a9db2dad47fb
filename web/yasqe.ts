/** What is left out of YASQE when it is bundled. */

import type { Plugin } from "vite";

/** YASQE brings the addresses that people look up at prefix.cc, some of which nobody wants in a package. The editor
 * proposes the prefixes of the endpoint in their place. */
export function withoutPrefixList(): Plugin {
  return {
    name: "yasqe-without-prefix-list",
    transform(code, id) {
      if (!id.endsWith("/yasqe.esm.js")) return null;
      const without = code.replace(/(?:\w+ = "[^"]*", )+prefixes_default = \{[^}]*\}/, "prefixes_default = {}");
      if (without === code) this.error("yasqe.esm.js has no prefix list where it was expected");
      return { code: without, map: null };
    },
  };
}
