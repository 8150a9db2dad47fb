/** What is left out of YASQE when it is bundled, and what has to be said of what is in it. */

import type { Plugin } from "vite";

const LICENCES = "licenses-yasqe.md";
/** Packages that YASQE's file holds, with their licences' files: Vite's own list sees that file as one package. */
const WITHIN = {
  codemirror: "LICENSE",
  dompurify: "LICENSE",
  "lodash-es": "LICENSE",
  store: "LICENSE",
  "query-string": "license",
  "decode-uri-component": "license",
  "filter-obj": "license",
  "split-on-first": "license",
  "strict-uri-encode": "license",
};
/** YASQE brings the addresses that people look up at prefix.cc, some of which nobody wants in a package (the editor
 * proposes the prefixes of the endpoint in their place), and an eval for browsers that know no JSON. */
const LEFT_OUT = [
  [/(?:\w+ = "[^"]*", )+prefixes_default = \{[^}]*\}/, "prefixes_default = {}"],
  [/\beval\("\(" \+ text \+ "\)"\)/, "undefined"],
] as const;
const ABOUT = "YASQE is Copyright (c) Triply B.V. and Zazuko GmbH, under the MIT licence. Its file holds these packages:";

export function yasqe(): Plugin {
  return {
    name: "yasqe",

    transform(code, id) {
      if (!id.endsWith("/yasqe.esm.js")) return null;
      let without = code;
      for (const [found, instead] of LEFT_OUT) {
        const before = without;
        without = before.replace(found, instead);
        if (without === before) this.error(`yasqe.esm.js has nothing like ${found}; see yasqe.ts`);
      }
      return { code: without, map: null };
    },

    async generateBundle() {
      const texts = Object.entries(WITHIN).map(async ([name, file]) => {
        const text = await this.fs.readFile(`node_modules/${name}/${file}`, { encoding: "utf8" });
        return `## ${name}\n\n${text.trim()}\n`;
      });
      const source = [`# YASQE\n\n${ABOUT}\n`, ...(await Promise.all(texts))].join("\n");
      this.emitFile({ type: "asset", fileName: LICENCES, source });
    },
  };
}
