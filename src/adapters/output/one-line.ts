/**
 * Text from manifests on one line of a terminal: control characters are shown, not obeyed, so
 * that no name can start a line of its own or send escape sequences.
 */
export function oneLine(text: string): string {
  return text.replace(CONTROL, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

// Bidirectional overrides too: they reorder what follows on the screen.
const CONTROL = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
