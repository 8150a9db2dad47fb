/** The link to what is seen. It is shown, since not every page may write to the clipboard. */

import { useEffect, useRef, useState } from "preact/hooks";
import { say } from "../shared/page";

export function Share({ link: linkOf }: { link: () => string }) {
  const [link, setLink] = useState("");
  const [copied, setCopied] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), [link]);

  async function share(): Promise<void> {
    const found = linkOf();
    setLink(found);
    setCopied(false);
    try {
      await navigator.clipboard.writeText(found);
      setCopied(true);
    } catch {
      // The field is there to be copied from.
    }
  }

  return (
    <>
      <button type="button" class="plain-button" onClick={() => void share()}>{say("share")}</button>
      {link && (
        <label class="link">
          <span>{say(copied ? "copied" : "link")}</span>
          <input ref={field} readOnly dir="ltr" value={link} />
        </label>
      )}
    </>
  );
}
